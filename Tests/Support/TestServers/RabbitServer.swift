import Foundation
import Synchronization

/// A RabbitMQ that the test run has started, on free ports of the loopback interface, with its own data. It
/// ends with the test process.
package final class RabbitServer: Sendable {
  package let port: Int
  package let tlsPort: Int
  /// The server's certificate is for `localhost`.
  package let certificates: TestCertificates

  /// Erlang's name of the node.
  package let name: String

  private let directory: String
  private let environment: [String: String]
  private let script: String
  private let state = Mutex(State())

  private struct State {
    var group: ProcessGroup?
    var isFrozen = false
  }

  private static let scripts = "/usr/lib/rabbitmq/bin"
  private static let owned = Mutex<Task<RabbitServer, any Error>?>(nil)
  /// Stopped when the process exits.
  private static let running = Mutex<[RabbitServer]>([])

  /// A server for tests that do it no harm: the one that `RABBITMQ_TEST_URL` names, else ``owned()``.
  package static func shared() async throws -> RabbitEndpoint {
    if let given = ProcessInfo.processInfo.environment["RABBITMQ_TEST_URL"], !given.isEmpty {
      return try RabbitEndpoint(url: given)
    }
    return try await owned().endpoint
  }

  /// A server that the test run has started, for tests that use `rabbitmqctl` or TLS. They share it, so a
  /// test that stops it, or that changes what others notice, starts one of its own.
  package static func owned() async throws -> RabbitServer {
    try await owned.withLock { task in
      if let task { return task }
      let fresh = Task { try await RabbitServer() }
      task = fresh
      return fresh
    }.value
  }

  /// Starts a new server.
  ///
  /// - Parameters:
  ///   - settings: Lines of `rabbitmq.conf`.
  ///   - plugins: The names of plugins to enable.
  ///   - needsClientCertificate: Whether a client on the port for TLS must have a certificate.
  package convenience init(
    settings: [String] = [], plugins: [String] = [], needsClientCertificate: Bool = false
  ) async throws {
    try await self.init(
      settings: settings, plugins: plugins, needsClientCertificate: needsClientCertificate, place: nil)
    try await start()
  }

  /// Does not start the server.
  ///
  /// - Parameter place: What it shares with the other nodes of its cluster, if it is to have one.
  init(
    settings: [String] = [], plugins: [String] = [], needsClientCertificate: Bool = false,
    place: RabbitCluster.Place?
  ) async throws {
    let ports = try (0..<4).map { _ in try LoopbackPort.free() }
    (port, tlsPort) = (ports[0], ports[1])
    directory = NSTemporaryDirectory() + "rabbit-\(ProcessInfo.processInfo.processIdentifier)-\(ports[0])"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    if let place {
      certificates = place.certificates
    } else {
      certificates = try await TestCertificates(in: "\(directory)/tls", host: "localhost")
    }
    name = "rabbit-\(ports[0])@localhost"
    // epmd runs in the foreground, on its own port: the one that Erlang starts by itself would outlive the
    // tests.
    script = """
      \(place == nil ? "epmd </dev/null &" : "")
      \(Self.scripts)/rabbitmq-server </dev/null &
      """
    let settings =
      [
        "listeners.ssl.1 = 127.0.0.1:\(tlsPort)",
        "ssl_options.cacertfile = \(certificates.authority)",
        "ssl_options.certfile = \(certificates.server.certificate)",
        "ssl_options.keyfile = \(certificates.server.key)",
        "ssl_options.verify = verify_peer",
        "ssl_options.fail_if_no_peer_cert = \(needsClientCertificate)",
        "disk_free_limit.absolute = 1MB",
        "log.console = false",
      ] + settings
    try (settings.joined(separator: "\n") + "\n").write(
      toFile: "\(directory)/rabbitmq.conf", atomically: true, encoding: .utf8)
    try "[\(plugins.joined(separator: ","))].".write(
      toFile: "\(directory)/enabled_plugins", atomically: true, encoding: .utf8)
    environment = (place?.environment ?? [:]).merging([
      "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      // The Erlang cookie is there.
      "HOME": place?.folder.path ?? directory,
      "LANG": "C.UTF-8",
      "ERL_EPMD_PORT": "\(place?.nameServerPort ?? ports[2])",
      "ERL_EPMD_ADDRESS": "127.0.0.1",
      "RABBITMQ_NODENAME": name,
      "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
      "RABBITMQ_NODE_PORT": "\(ports[0])",
      "RABBITMQ_DIST_PORT": "\(ports[3])",
      "RABBITMQ_BASE": directory,
      "RABBITMQ_CONF_ENV_FILE": "/dev/null",
      "RABBITMQ_CONFIG_FILE": "\(directory)/rabbitmq.conf",
      "RABBITMQ_GENERATED_CONFIG_DIR": "\(directory)/config",
      "RABBITMQ_MNESIA_BASE": "\(directory)/mnesia",
      "RABBITMQ_LOG_BASE": "\(directory)/log",
      "RABBITMQ_PID_FILE": "\(directory)/rabbit.pid",
      "ERL_CRASH_DUMP": "\(directory)/erl_crash.dump",
      "RABBITMQ_ENABLED_PLUGINS_FILE": "\(directory)/enabled_plugins",
      "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
    ]) { $1 }
  }

  deinit {
    stopNow()
  }

  /// Where it listens for AMQP without TLS.
  package var endpoint: RabbitEndpoint { RabbitEndpoint(port: port) }

  /// `amqp://…` of this server. What the caller gives is already percent-encoded.
  package func url(user: String? = nil, password: String? = nil, path: String? = nil) -> String {
    endpoint.url(user: user, password: password, path: path)
  }

  /// Starts the server, after a stop with the data that it had.
  package func start() async throws {
    await Turns.starting.take()
    defer { Turns.starting.giveBack() }
    try await launch()
  }

  /// Starts the server without waiting for a turn.
  func launch() async throws {
    let group = try ProcessGroup(script: script, environment: environment, log: "\(directory)/output.log")
    state.withLock { $0 = State(group: group) }
    Self.stopAtExit(self)
    do {
      try await until("RabbitMQ starts (\(directory))", within: .seconds(90)) {
        try LoopbackPort.isOpen(port) && LoopbackPort.isOpen(tlsPort)
      }
    } catch {
      kill()
      let output = FileManager.default.contents(atPath: "\(directory)/output.log") ?? Data()
      throw TestServerError("\(error); its log: \(String(decoding: output, as: UTF8.self).suffix(3000))")
    }
  }

  /// Stops the server in good order and waits until it is gone; ``start()`` starts it again.
  package func stop() async throws {
    try await end(SIGTERM)
  }

  /// Kills the server as `kill -9` does; ``start()`` starts it again.
  package func crash() async throws {
    try await end(SIGKILL)
  }

  /// Suspends the server's process and leaves its connections open: to clients this looks like a lost
  /// network. Only ``thaw()`` and ``crash()`` end it.
  package func freeze() throws {
    try signal(SIGSTOP)
    state.withLock { $0.isFrozen = true }
  }

  /// Lets a suspended server go on.
  package func thaw() throws {
    try signal(SIGCONT)
    state.withLock { $0.isFrozen = false }
  }

  private func signal(_ signal: Int32) throws {
    guard let server, Foundation.kill(server, signal) == 0 else {
      throw TestServerError("cannot signal the process of RabbitMQ")
    }
  }

  /// Whether it has been started, and neither been stopped nor killed since.
  package var isStarted: Bool { state.withLock { $0.group != nil } }

  /// Whether it is suspended.
  package var isFrozen: Bool { state.withLock { $0.isFrozen } }

  /// Runs `rabbitmqctl` and returns its output.
  @discardableResult
  package func control(_ arguments: String...) async throws -> String {
    try await Command.run("\(Self.scripts)/rabbitmqctl", ["-q"] + arguments, environment: environment)
  }

  /// Makes the server write to its disk what has been declared so far; a kill right afterwards could lose it.
  package func keepDeclarations() async throws {
    try await control("eval", "mnesia:sync_log().")
  }

  /// While its memory alarm is on, the server takes no messages from publishers. Returns once it is on or off:
  /// the server raises it some time after the watermark has been set.
  package func setMemoryAlarm(_ isOn: Bool) async throws {
    try await control(
      "eval",
      """
      vm_memory_monitor:set_vm_memory_high_watermark(\(isOn ? "0.000001" : "0.8")),
      Await = fun Await() ->
        case rabbit_alarm:get_alarms() =/= [] of
          \(isOn) -> ok;
          _ -> timer:sleep(10), Await()
        end
      end,
      Await().
      """)
  }

  /// While its disk alarm is on, the server takes no messages from publishers.
  package func setDiskAlarm(_ isOn: Bool) async throws {
    try await control("set_disk_free_limit", isOn ? "1000000GB" : "1MB")
  }

  private func end(_ signal: Int32) async throws {
    let group = state.withLock { state in
      defer { state = State() }
      return state.group
    }
    guard let group else { return }
    let pid = server
    group.end(signal)
    try await until("RabbitMQ ends", within: .seconds(60)) {
      try !LoopbackPort.isOpen(port) && (pid.map { Foundation.kill($0, 0) != 0 } ?? true)
    }
  }

  private var server: pid_t? {
    (try? String(contentsOfFile: "\(directory)/rabbit.pid", encoding: .utf8))
      .flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  private func kill() {
    state.withLock { state in
      state.group?.end(SIGKILL)
      state = State()
    }
  }

  private func stopNow() {
    kill()
    // A test does not fail because its files cannot be removed.
    try? FileManager.default.removeItem(atPath: directory)
  }

  private static func stopAtExit(_ server: RabbitServer) {
    running.withLock { running in
      if running.isEmpty {
        atexit { RabbitServer.running.withLock { $0 }.forEach { $0.stopNow() } }
      }
      if !running.contains(where: { $0 === server }) { running.append(server) }
    }
  }
}
