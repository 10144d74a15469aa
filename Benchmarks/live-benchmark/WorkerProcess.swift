import Foundation
import TestServers

/// The worker as a child process, which this object ends at the latest when it is released.
final class WorkerProcess {
  private let process: SpawnedProcess
  private let log: String

  init(program: String, mongo: String, rabbit: String, http: String, folder: String) throws {
    log = "\(folder)/worker.log"
    var environment = ProcessInfo.processInfo.environment
    environment["MONGODB_URI"] = mongo
    environment["RABBITMQ_URL"] = rabbit
    process = try SpawnedProcess(
      program, ["run", "--no-wait", "--http", http], in: folder, output: log, errors: log,
      environment: environment)
  }

  deinit {
    process.send(SIGKILL)
  }

  /// Suspends or resumes the process.
  func pause(_ isPaused: Bool) { process.send(isPaused ? SIGSTOP : SIGCONT) }

  /// - Throws: ``BenchmarkError`` if the worker has ended.
  func check() throws {
    guard process.isRunning else { throw BenchmarkError("the worker has ended; its log is \(log)") }
  }

  /// The CPU time that it has used, in nanoseconds.
  func cpu() throws -> UInt64 { try Clock.cpu(of: process.id) }

  /// In bytes.
  func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(process.id)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    guard let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { throw BenchmarkError("/proc does not show the worker's peak memory") }
    return kilobytes * 1024
  }

  /// Stops it with SIGTERM.
  ///
  /// - Throws: ``BenchmarkError`` if it does not exit with 0.
  func stop() throws {
    process.send(SIGTERM)
    let ending = process.wait()
    guard ending == .exited(0) else { throw BenchmarkError("the worker ended with \(ending); see \(log)") }
  }
}
