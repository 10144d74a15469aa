import BSON
import Foundation
package import MongoStore
import Pipeline
package import RabbitBroker
import ReplayHarness
import SpecCases
import Synchronization
package import TestServers
package import Updates

/// Exchanges, a queue and a database that no other test uses, on real servers, and a tap: a queue that gets
/// every published update.
package final class Installation: Sendable {
  package let topology: BrokerTopology
  /// The URI of the database, which names its server too.
  package let mongoURI: String
  /// The database without the worker's code in between.
  package let database: RawDatabase
  /// The database as the worker uses it.
  package let store: MongoStore
  package let broker: RabbitEndpoint
  /// The cluster that ``broker`` belongs to, if it does to one.
  package let cluster: RabbitCluster?
  /// The queue that gets every update. It is bound before the worker starts.
  package let tap: String

  /// Uses the servers that are given, which the test may restart, or else those that all tests share.
  ///
  /// - Parameters:
  ///   - cluster: A cluster in place of one RabbitMQ. All queues are quorum queues then.
  ///   - isBusy: Whether the test is about more traffic than the exact server of MongoDB's protocol takes.
  ///   - mongoOptions: Options of the URI of the database.
  ///   - queueType: What the worker's queue and the dead letters are.
  package init(
    rabbit: RabbitServer? = nil, cluster: RabbitCluster? = nil, mongo: MongoServer? = nil,
    isBusy: Bool = false, mongoOptions: String = "", queueType: BrokerTopology.QueueType = .classic
  ) async throws {
    let name = MongoServer.newDatabase()
    var topology = BrokerTopology(
      eventsExchange: "events_\(name)", updatesExchange: "updates_\(name)", queue: "queue_\(name)")
    topology.queueType = cluster == nil ? queueType : .quorum
    self.topology = topology
    tap = "tap_\(name)"
    self.cluster = cluster
    if let given = rabbit ?? cluster?.living.randomElement() {
      broker = given.endpoint
    } else {
      broker = try await RabbitServer.shared()
    }
    if let mongo {
      mongoURI = mongo.uri(database: name, options: mongoOptions)
    } else {
      mongoURI = try await MongoServer.sharedURI(database: name, options: mongoOptions, isBusy: isBusy)
    }
    database = try RawDatabase(uri: mongoURI, name: name)
    for command in StateIndexes.commands { try database.run(command) }
    store = MongoStore(try MongoConfiguration(uri: mongoURI))
    let client = try client()
    try client.declareExchange(topology.eventsExchange)
    try client.declareExchange(topology.updatesExchange)
    let isQuorum = topology.queueType == .quorum
    try client.declareQueue(topology.queue, timeToLive: BrokerTopology.timeToLive, isQuorum: isQuorum)
    try client.bind(topology.queue, to: topology.eventsExchange, "#")
    try client.declareQueue(topology.deadLetterQueue, isQuorum: isQuorum)
    try client.declareQueue(tap, isQuorum: cluster != nil)
    try client.bind(tap, to: topology.updatesExchange, "update.#")
  }

  /// A new connection, as a producer or a gateway has it; of a cluster, to a node that works.
  package func client() throws -> BrokerClient {
    guard let cluster else { return try BrokerClient(broker) }
    var failure: any Error = TestServerError("no node of the cluster works")
    for node in cluster.living {
      do {
        return try BrokerClient(node.endpoint)
      } catch {
        failure = error
      }
    }
    throw failure
  }

  /// Closes the store and removes the database. Queues and exchanges stay.
  package func remove() async throws {
    await store.close()
    try database.run("{\"dropDatabase\":1}")
  }

  /// The settings of the executable. There are more workers at once than usual ports of the endpoint, so it is off.
  package var environment: [String: String] {
    let ofCluster = cluster.map {
      ["RABBITMQ_URL": Self.url($0.nodes.map(\.port))]
    }
    return [
      "MONGODB_URI": mongoURI, "RABBITMQ_URL": broker.url(),
      "RABBITMQ_EVENTS_EXCHANGE": topology.eventsExchange,
      "RABBITMQ_UPDATES_EXCHANGE": topology.updatesExchange,
      "UPDATE_WORKER_QUEUE": topology.queue, "UPDATE_WORKER_QUEUE_TYPE": topology.queueType.rawValue,
      "LOG_LEVEL": "info", "LOG_FORMAT": "text",
      "UPDATE_WORKER_HTTP": "off",
    ].merging(ofCluster ?? [:]) { $1 }
  }

  /// A `RABBITMQ_URL` with several ports of this machine.
  package static func url(_ ports: [Int], options: String = "") -> String {
    "amqp://guest:guest@\(ports.map { "127.0.0.1:\($0)" }.joined(separator: ","))/\(options)"
  }

  /// Starts the executable; `changes` win over ``environment``.
  package func startWorker(
    _ flags: String..., changing changes: [String: String] = [:]
  ) throws -> WorkerProcess {
    try start(["run"] + flags, changing: changes)
  }

  /// Starts a command of the executable; `changes` win over ``environment``.
  package func start(_ arguments: [String], changing changes: [String: String] = [:]) throws -> WorkerProcess
  {
    try WorkerProcess(arguments, environment: environment.merging(changes) { $1 })
  }

  package func brokerConfiguration() throws -> BrokerConfiguration {
    BrokerConfiguration(url: try BrokerURL(broker.url()), topology: topology)
  }

  /// Runs a command of the executable to its end.
  package func command(
    _ arguments: String...
  ) async throws -> (ending: SpawnedProcess.Ending, output: String, errors: String) {
    let process = try start(arguments)
    let ending = try await process.ending()
    return (ending, process.output, process.errors)
  }

  /// All stored updates, in the order in which they were stored.
  package func storedUpdates() async throws -> [StoredUpdate] {
    let found = Mutex<[StoredUpdate]>([])
    var query = UpdateQuery()
    query.limit = 0
    try await store.updates(matching: query) { update in
      found.withLock { $0.append(update) }
      return true
    }
    return found.withLock { $0.reversed() }
  }

  /// Adds events to the API's own copy.
  package func archive(_ events: [String]) async throws {
    for start in stride(from: 0, to: events.count, by: 200) {
      let slice = events[start..<min(start + 200, events.count)].joined(separator: ",")
      try await apply("{\"upsert\":{\"events\":[\(slice)]}}")
    }
  }

  package func apply(_ line: String) async throws {
    try await store.apply(try StateChange(JSONReader.object(Array(line.utf8))))
  }
}

/// Lends an installation and removes it afterwards.
package func withInstallation(
  rabbit: RabbitServer? = nil, mongo: MongoServer? = nil, isBusy: Bool = false, mongoOptions: String = "",
  queueType: BrokerTopology.QueueType = .classic,
  isolation: isolated (any Actor)? = #isolation, _ body: (Installation) async throws -> Void
) async throws {
  let installation = try await Installation(
    rabbit: rabbit, mongo: mongo, isBusy: isBusy, mongoOptions: mongoOptions, queueType: queueType)
  do {
    try await body(installation)
  } catch {
    await installation.store.close()
    throw error
  }
  try await installation.remove()
}

/// Lends an installation on servers that the test may stop: one of RabbitMQ that it has for itself meanwhile
/// (``TestServers/RabbitServer/lent(isolation:to:)``), and the given one of MongoDB's protocol.
package func withStoppableServers(
  mongo: MongoServer, isolation: isolated (any Actor)? = #isolation,
  _ body: (RabbitServer, Installation) async throws -> Void
) async throws {
  // A test that failed may have left it stopped, and this one is not about that.
  if !mongo.isStarted { try await mongo.start() }
  try await RabbitServer.lent { rabbit in
    try await withInstallation(rabbit: rabbit, mongo: mongo) { try await body(rabbit, $0) }
  }
}
