import TestKit
package import Foundation
import ReplayHarness
package import TestServers

/// `chat3-update-worker` as a child process, which is killed when this object is released.
package final class WorkerProcess: Sendable {
  private let process: SpawnedProcess
  private let folder: TemporaryFolder

  package static let executable = built("chat3-update-worker")

  /// The path of an executable of this package, which is next to the test bundle.
  package static func built(_ name: String) -> String {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name)
      .path
  }

  init(_ arguments: [String], environment: [String: String]) throws {
    folder = try TemporaryFolder()
    try Data().write(to: URL(fileURLWithPath: folder.path("errors")))
    process = try SpawnedProcess(
      Self.executable, arguments, in: folder.path, output: folder.path("output"),
      errors: folder.path("errors"),
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path].merging(environment) { $1 })
  }

  deinit {
    guard process.isRunning else { return }
    process.send(SIGKILL)
    _ = process.wait()
  }

  /// Standard error so far.
  package var errors: String { text(of: "errors") }

  /// Standard output so far.
  package var output: String { text(of: "output") }

  private func text(of file: String) -> String {
    String(decoding: FileManager.default.contents(atPath: folder.path(file)) ?? Data(), as: UTF8.self)
  }

  package var id: pid_t { process.id }

  package var isRunning: Bool { process.isRunning }

  package func send(_ signal: Int32) { process.send(signal) }

  /// Waits until its log contains these words.
  package func says(_ words: String, within limit: Duration = .seconds(60)) async throws {
    do {
      try await until("the worker says: \(words)", within: limit) {
        if errors.contains(words) { return true }
        guard isRunning else { throw TestServerError("the worker has ended before it said: \(words)") }
        return false
      }
    } catch {
      throw TestServerError("\(error)\n\(errors)")
    }
  }

  /// Waits until it consumes events.
  package func isReady(within limit: Duration = .seconds(60)) async throws {
    try await says(" ready", within: limit)
  }

  /// Waits for its end.
  package func ending(within limit: Duration = .seconds(40)) async throws -> SpawnedProcess.Ending {
    try await until("the worker has ended; its log: \(errors.suffix(2000))", within: limit) { !isRunning }
    return process.wait()
  }

  /// Sends SIGTERM and waits for the end.
  package func terminate() async throws -> SpawnedProcess.Ending {
    send(SIGTERM)
    return try await ending()
  }

  /// Sends SIGKILL and waits for the end.
  package func kill() async throws {
    send(SIGKILL)
    _ = try await ending()
  }
}
