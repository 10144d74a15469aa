import Foundation

/// A program that speaks MongoDB's protocol.
package enum MongoProgram: Sendable {
  /// MongoDB itself, as a standalone server.
  case mongod
  /// SecantusDB: WiredTiger behind MongoDB's protocol, as a replica set of one. It keeps types, uses and explains
  /// indexes, has access control and TLS, and fails on request as MongoDB does; an update costs it 2 ms.
  case secantusDB
  /// nx-27017: SQLite behind MongoDB's protocol, as a standalone server. It takes traffic that is too much for
  /// SecantusDB, and differs from MongoDB in places that its tests know.
  case nx27017

  /// Where truth counts: `mongod` if it is on the PATH, else SecantusDB.
  package static var exact: MongoProgram { mongod() ?? .secantusDB }

  /// Where much traffic counts: `mongod` if it is on the PATH, else nx-27017.
  package static var fast: MongoProgram { mongod() ?? .nx27017 }

  /// The name of the replica set that SecantusDB answers as.
  package static let replicaSet = "secantus"

  // Each is installed once, however many servers start at the same time.
  private static let secantus = Result<String, any Error>(catching: {
    try PythonPackage.programs("secantusdb==0.7.0b3").appendingPathComponent("secantusd-py").path
  })
  private static let nx = Result<String, any Error>(catching: {
    try PythonPackage.programs("nx-27017==0.8.1").appendingPathComponent("nx-27017").path
  })

  private static func mongod() -> MongoProgram? { onPath("mongod") == nil ? nil : .mongod }

  /// Starts the program with its data in a folder.
  func launch(folder: URL, port: Int, log: URL, options: [String]) async throws -> ChildProcess {
    let data = folder.appendingPathComponent("data").path
    switch self {
    case .mongod:
      guard let program = Self.onPath("mongod") else { throw TestServerError("mongod is not on the PATH") }
      return try await ChildProcess(
        program,
        ["--dbpath", data, "--port", "\(port)", "--bind_ip", "127.0.0.1", "--nounixsocket"] + options,
        log: log)
    case .secantusDB:
      return try await ChildProcess(
        try Self.secantus.get(),
        [
          "--host", "127.0.0.1", "--port", "\(port)", "--storage-path", data, "--log-level", "WARNING",
          "--enable-test-commands",
        ] + options, log: log)
    case .nx27017:
      // Each start gets a new file, because one that a killed server has left would keep the next from
      // starting.
      let pidFile = "\(folder.path)/\(UUID().uuidString).pid"
      return try await ChildProcess(
        try Self.nx.get(),
        [
          "--data-dir", data, "-p", "\(port)", "--host", "127.0.0.1", "--pid-file", pidFile,
          "--log-file", log.path,
        ] + options, log: log)
    }
  }

  private static func onPath(_ name: String) -> String? {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return folders.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile)
  }
}
