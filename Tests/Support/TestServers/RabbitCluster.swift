import Foundation

/// Three nodes of RabbitMQ on the loopback interface that make a cluster, with data of their own. They end with the
/// test process.
///
/// A node that sees fewer than half of the others stops working until it sees them again (`pause_minority`), as
/// docs/operating.md asks for. Every node reports all deliveries to `amq.rabbitmq.trace` from its start on.
package final class RabbitCluster: Sendable {
  /// What the nodes of a cluster share.
  struct Place: Sendable {
    /// Where the Erlang cookie is.
    let folder: URL
    let nameServerPort: Int
    let certificates: TestCertificates
    let environment: [String: String]
  }

  package let nodes: [RabbitServer]
  /// epmd, by which the nodes find each other.
  private let nameServer: ProcessGroup

  private static let settings = [
    "cluster_partition_handling = pause_minority",
    // After so many seconds, a node that is silent counts as lost.
    "net_ticktime = 5",
  ]

  /// Starts a new cluster. All nodes start at once, each by itself, and then two of them join the first: when nodes
  /// look for each other as they start, they wait in turn for a lock, which takes much longer.
  package init() async throws {
    let folder = try TestFolder.make("cluster")
    let cookie = folder.appendingPathComponent(".erlang.cookie").path
    guard
      FileManager.default.createFile(
        atPath: cookie, contents: Data(UUID().uuidString.utf8), attributes: [.posixPermissions: 0o400])
    else { throw TestServerError("cannot write \(cookie)") }
    let advanced = folder.appendingPathComponent("advanced.config").path
    try "[{rabbit, [{trace_vhosts, [<<\"/\">>]}]}].\n".write(
      toFile: advanced, atomically: true, encoding: .utf8)
    let port = try LoopbackPort.free()
    nameServer = try ProcessGroup(
      script: "epmd </dev/null &",
      environment: [
        "PATH": "/usr/local/bin:/usr/bin:/bin", "ERL_EPMD_PORT": "\(port)", "ERL_EPMD_ADDRESS": "127.0.0.1",
      ], log: folder.appendingPathComponent("epmd.log").path)
    let place = Place(
      folder: folder, nameServerPort: port,
      certificates: try await TestCertificates(
        in: folder.appendingPathComponent("tls").path, host: "localhost"),
      environment: ["RABBITMQ_ADVANCED_CONFIG_FILE": advanced])
    var nodes: [RabbitServer] = []
    for _ in 0..<3 { nodes.append(try await RabbitServer(settings: Self.settings, place: place)) }
    self.nodes = nodes
    await Turns.starting.take()
    defer { Turns.starting.giveBack() }
    try await each(nodes) { try await $0.launch() }
    try await join()
  }

  private func join() async throws {
    let others = Self.atoms(nodes.dropFirst())
    try await nodes[0].control(
      "eval",
      """
      Others = [\(others)], rpc:multicall(Others, rabbit, stop, []),
      [ok = rpc:call(N, rabbit_mnesia, join_cluster, ['\(nodes[0].name)', disc]) || N <- Others],
      {[ok, ok], []} = rpc:multicall(Others, rabbit, start, []).
      """)
    try await isWhole()
  }

  private func each(
    _ nodes: [RabbitServer], _ body: @escaping @Sendable (RabbitServer) async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for node in nodes { group.addTask { try await body(node) } }
      try await group.waitForAll()
    }
  }

  // MARK: - What it looks like

  /// The nodes that are neither stopped nor suspended.
  package var living: [RabbitServer] { nodes.filter { $0.isStarted && !$0.isFrozen } }

  /// The node on which the leader of a quorum queue runs.
  package func leader(of queue: String) async throws -> RabbitServer {
    try await node(
      "[{leader, Node}] = rabbit_quorum_queue:info(Q, [leader])", of: queue, called: "leads the queue")
  }

  /// The node to which the only consumer of a queue is connected.
  package func consumerNode(of queue: String) async throws -> RabbitServer {
    try await node(
      "Node = node(element(1, hd(rabbit_amqqueue:consumers(Q))))", of: queue, called: "has the consumer of")
  }

  private func node(_ pattern: String, of queue: String, called words: String) async throws -> RabbitServer {
    var found: RabbitServer?
    try await until("a node \(words) \(queue)") {
      let name = try await evaluate("\(Self.lookUp(queue)), \(pattern), atom_to_list(Node)")
      found = living.first { name == "\"\($0.name)\"" }
      return found != nil
    }
    guard let found else { throw TestServerError("no node \(words) \(queue)") }
    return found
  }

  private static func lookUp(_ queue: String) -> String {
    #"{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"\#(queue)">>))"#
  }

  /// Waits until all nodes work and see each other.
  package func isWhole() async throws {
    try await isSeen(3, by: nodes)
  }

  /// Waits until the nodes that are neither stopped nor suspended do without the others.
  package func isReduced() async throws {
    let living = living
    try await isSeen(living.count, by: living)
  }

  private func isSeen(_ count: Int, by nodes: [RabbitServer]) async throws {
    try await until("the nodes of the cluster see that \(count) of them work", within: .seconds(120)) {
      try await evaluate(
        """
        lists:all(fun(Seen) -> is_list(Seen) andalso length(Seen) =:= \(count) end,
          [rpc:call(N, rabbit_nodes, all_running, []) || N <- [\(Self.atoms(nodes))]])
        """) == "true"
    }
  }

  private static func atoms(_ nodes: some Sequence<RabbitServer>) -> String {
    nodes.map { "'\($0.name)'" }.joined(separator: ",")
  }

  /// The value of an Erlang expression on one of the living nodes; empty if none of them answers.
  private func evaluate(_ expression: String) async throws -> String {
    for node in living {
      do {
        return try await node.control("eval", expression + ".").trimmingCharacters(
          in: .whitespacesAndNewlines)
      } catch {
        // The node has paused itself, or does not know yet what is asked for. Another one may.
        continue
      }
    }
    return ""
  }

  // MARK: - What becomes of it

  /// Starts all nodes that are down, with the data that they had, and returns when they listen.
  package func start() async throws {
    try await each(nodes.filter { !$0.isStarted }) { try await $0.start() }
  }

  /// Starts all nodes that are down, lets suspended ones go on, and waits until all work together again.
  package func heal() async throws {
    for node in nodes where node.isFrozen { try node.thaw() }
    try await start()
    try await isWhole()
  }
}
