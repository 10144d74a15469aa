import Foundation
import TestServers

/// A simulated database as a child process, which this object ends at the latest when it is released.
final class DatabaseProcess {
  let port: Int
  private let process: SpawnedProcess

  /// Starts the program of that name beside this one, and returns when it listens.
  ///
  /// - Parameter delay: How long each of its answers takes besides, in milliseconds.
  init(delay: Double, folder: String) async throws {
    let program = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("simulated-database").path
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw BenchmarkError("There is no program at \(program); build it with: swift build -c release")
    }
    let port = try LoopbackPort.free()
    let log = "\(folder)/simulated-database.log"
    let process = try SpawnedProcess(
      program, ["--port", "\(port)", "--delay", "\(delay)"], in: folder, output: log, errors: log,
      environment: ProcessInfo.processInfo.environment)
    (self.port, self.process) = (port, process)
    try await until("the simulated database listens; its log is \(log)") {
      try process.isRunning && LoopbackPort.isOpen(port)
    }
  }

  deinit {
    process.send(SIGKILL)
  }
}
