package import Foundation
import Synchronization

/// A server of MongoDB's wire protocol with its own folder, port and log file. It is `mongod` if that is on
/// the PATH, else nx-27017 from a virtual environment that is made once and kept. It ends with the test run.
package final class MongoServer: Sendable {
  /// The version of nx-27017 whose deviations the tests know.
  private static let emulator = "nx-27017==0.8.1"

  package let log: URL
  /// On 127.0.0.1.
  package let port: Int
  private let folder: URL
  private let process = Mutex<ChildProcess?>(nil)

  package init() async throws {
    folder = try TestFolder.make("mongo")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("data"), withIntermediateDirectories: false)
    log = folder.appendingPathComponent("server.log")
    port = try LoopbackPort.free()
    try await start()
  }

  deinit {
    // The process group ends with the test run at the latest.
    process.withLock { process in
      process?.kill()
    }
    TestFolder.remove(folder)
  }

  /// The URI of a database, by default a new one.
  package func uri(database: String = MongoServer.newDatabase(), options: String = "") -> String {
    "mongodb://127.0.0.1:\(port)/\(database)\(options.isEmpty ? "" : "?\(options)")"
  }

  /// A name that no other database has.
  package static func newDatabase() -> String {
    "t" + UUID().uuidString.replacing("-", with: "").lowercased().prefix(20)
  }

  /// Starts the server and returns when it listens. After an end it has the data that it had before.
  package func start() async throws {
    let child = try await Self.launch(folder: folder, port: port, log: log)
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

  // MARK: - One for the whole test run

  /// The URI of a new database on the server that the tests share: the one that `MONGODB_URI` names, else one
  /// that the test run starts.
  package static func sharedURI(database: String = newDatabase(), options: String = "") async throws -> String
  {
    if let given = ProcessInfo.processInfo.environment["MONGODB_URI"], !given.isEmpty {
      return try replacingDatabase(of: given, with: database, options: options)
    }
    return try await shared.server().uri(database: database, options: options)
  }

  private static let shared = SharedServer()

  private actor SharedServer {
    private var starting: Task<MongoServer, any Error>?

    func server() async throws -> MongoServer {
      if let starting { return try await starting.value }
      let starting = Task { try await MongoServer() }
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
    let all = (parts.dropFirst().map(String.init) + [options]).filter { !$0.isEmpty }.joined(separator: "&")
    return "\(uri[..<scheme.upperBound])\(authority)/\(database)\(all.isEmpty ? "" : "?\(all)")"
  }

  /// Whether the shared server is the emulator, which differs from MongoDB in some places.
  package static var isEmulated: Bool {
    (ProcessInfo.processInfo.environment["MONGODB_URI"] ?? "").isEmpty && onPath("mongod") == nil
  }

  // MARK: - Programs

  private static func launch(folder: URL, port: Int, log: URL) async throws -> ChildProcess {
    let data = folder.appendingPathComponent("data").path
    if let mongod = onPath("mongod") {
      return try await ChildProcess(
        mongod, ["--dbpath", data, "--port", "\(port)", "--bind_ip", "127.0.0.1", "--nounixsocket"], log: log)
    }
    let emulator = try emulatorProgram.get()
    // Each start gets a new file, because one that a killed server has left would keep the next from
    // starting.
    let pidFile = "\(folder.path)/\(UUID().uuidString).pid"
    return try await ChildProcess(
      emulator,
      [
        "--data-dir", data, "-p", "\(port)", "--host", "127.0.0.1",
        "--pid-file", pidFile, "--log-file", log.path,
      ], log: log)
  }

  private static func onPath(_ name: String) -> String? {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return folders.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile)
  }

  /// The path of nx-27017, which is installed if necessary.
  private static let emulatorProgram = Result<String, any Error> {
    try PythonPackage.programs(emulator).appendingPathComponent("nx-27017").path
  }
}

extension Result where Failure == any Error {
  fileprivate init(_ body: () throws -> Success) {
    self.init(catching: body)
  }
}
