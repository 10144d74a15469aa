package import Foundation
import Synchronization

/// A server of MongoDB's protocol with its own folder, port and log file. It ends with the test run.
package final class MongoServer: Sendable {
  package let log: URL
  /// On 127.0.0.1.
  package let port: Int
  package let program: MongoProgram
  private let folder: URL
  private let process = Mutex<ChildProcess?>(nil)
  /// The administrator's, once users must log in.
  private let login = Mutex<(user: String, password: String)?>(nil)

  /// Starts a new server.
  ///
  /// - Parameter options: Further options of the program.
  package init(_ program: MongoProgram = .fast, options: [String] = []) async throws {
    self.program = program
    folder = try TestFolder.make("mongo")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("data"), withIntermediateDirectories: false)
    log = folder.appendingPathComponent("server.log")
    port = try LoopbackPort.free()
    try await start(options: options)
  }

  deinit {
    // The process group ends with the test run at the latest.
    process.withLock { process in
      process?.kill()
    }
    TestFolder.remove(folder)
  }

  /// The URI of a database, by default a new one; that of the administrator if users must log in.
  package func uri(database: String = MongoServer.newDatabase(), options: String = "") -> String {
    let login = login.withLock { $0 }
    let credentials = login.map { "\($0.user):\($0.password)@" } ?? ""
    return "mongodb://\(credentials)127.0.0.1:\(port)/\(database)"
      + Self.query([login == nil ? "" : "authSource=admin", options])
  }

  /// Starts SecantusDB again with access control. The administrator must have been created in `admin`.
  package func requireLogin(user: String, password: String) async throws {
    stop()
    try await start(options: ["--auth"])
    login.withLock { $0 = (user, password) }
  }

  /// A name that no other database has.
  package static func newDatabase() -> String {
    "t" + UUID().uuidString.replacing("-", with: "").lowercased().prefix(20)
  }

  /// Starts the server and returns when it listens. After an end it has the data that it had before.
  ///
  /// - Parameter options: Further options of the program, for this start.
  package func start(options: [String] = []) async throws {
    let child = try await program.launch(folder: folder, port: port, log: log, options: options)
    process.withLock { $0 = child }
    let end = ContinuousClock.now + .seconds(30)
    while !(try LoopbackPort.isOpen(port)) {
      guard child.isRunning, ContinuousClock.now < end else {
        let words = String(decoding: FileManager.default.contents(atPath: log.path) ?? Data(), as: UTF8.self)
        throw TestServerError("the MongoDB server did not start; its log: \(words.suffix(2000))")
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Sends SIGKILL. The data stay.
  package func kill() {
    process.withLock { process in
      process?.kill()
      process = nil
    }
  }

  /// Sends SIGTERM. The data stay.
  package func stop() {
    process.withLock { process in
      process?.stop()
      process = nil
    }
  }

  /// Whether it has been started, and neither been stopped nor killed since.
  package var isStarted: Bool { process.withLock { $0 != nil } }

  /// Suspends the server, so that it takes requests and answers none, or lets it go on.
  package func freeze(_ isFrozen: Bool) throws {
    try process.withLock { process in
      guard let process, Foundation.kill(process.id, isFrozen ? SIGSTOP : SIGCONT) == 0 else {
        throw TestServerError("cannot signal the process of MongoDB")
      }
    }
  }

  // MARK: - One of each kind for the whole test run

  /// The URI of a new database on the server that the tests share: the one that `MONGODB_URI` names, else
  /// ``MongoProgram/exact``, which the test run starts.
  ///
  /// - Parameter isBusy: Whether the test is about much traffic, so that ``MongoProgram/fast`` takes its place.
  package static func sharedURI(
    database: String = newDatabase(), options: String = "", isBusy: Bool = false
  ) async throws -> String {
    if let given = ProcessInfo.processInfo.environment["MONGODB_URI"], !given.isEmpty {
      return try replacingDatabase(of: given, with: database, options: options)
    }
    let server = try await (isBusy ? fast : exact).server()
    // SecantusDB answers one client at a time. While a dozen tests use it, a write of a thousand documents may take
    // longer than a client waits by itself.
    let isPatient = server.program == .secantusDB && !options.contains("socketTimeoutMS")
    return server.uri(
      database: database, options: joined([isPatient ? "socketTimeoutMS=\(patience)" : "", options]))
  }

  /// How long a client may wait for an answer of a server that tests share, in milliseconds.
  package static let patience: Int32 = 120_000

  private static let exact = SharedServer(.exact)
  private static let fast = SharedServer(.fast)

  private actor SharedServer {
    private let program: MongoProgram
    private var starting: Task<MongoServer, any Error>?

    init(_ program: MongoProgram) {
      self.program = program
    }

    func server() async throws -> MongoServer {
      if let starting { return try await starting.value }
      let starting = Task { [program] in try await MongoServer(program) }
      self.starting = starting
      return try await starting.value
    }
  }

  private static func replacingDatabase(
    of uri: String, with database: String, options: String
  ) throws -> String {
    guard let scheme = uri.firstRange(of: "://") else { throw TestServerError("MONGODB_URI has no scheme") }
    let parts = uri[scheme.upperBound...].split(separator: "?", maxSplits: 1)
    let authority = parts.first.map { $0.prefix { $0 != "/" } } ?? ""
    return "\(uri[..<scheme.upperBound])\(authority)/\(database)"
      + query(parts.dropFirst().map(String.init) + [options])
  }

  private static func joined(_ options: [String]) -> String {
    options.filter { !$0.isEmpty }.joined(separator: "&")
  }

  private static func query(_ options: [String]) -> String {
    let all = joined(options)
    return all.isEmpty ? "" : "?\(all)"
  }
}
