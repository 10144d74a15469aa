import Foundation
import TestServers

/// The worker as a child process.
final class WorkerProcess {
  private let process: SpawnedProcess
  private let log: String

  /// Starts it; it ends with the servers at the latest.
  init(program: String, mongo: String, rabbit: String, folder: String) throws {
    log = "\(folder)/worker.log"
    var environment = ProcessInfo.processInfo.environment
    environment["MONGODB_URI"] = mongo
    environment["RABBITMQ_URL"] = rabbit
    process = try SpawnedProcess(
      program, ["run", "--no-wait"], in: folder, output: log, errors: log, environment: environment)
  }

  deinit {
    process.send(SIGKILL)
  }

  /// Stops it where it is, or lets it go on.
  func pause(_ isPaused: Bool) { process.send(isPaused ? SIGSTOP : SIGCONT) }

  /// - Throws: when it has ended.
  func check() throws {
    guard process.isRunning else { throw BenchmarkError("the worker has ended; its log is \(log)") }
  }

  /// The CPU time it has used, in nanoseconds.
  func cpu() throws -> UInt64 { try Clock.cpu(of: process.id) }

  /// The most memory that it has held at a time, in bytes.
  func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(process.id)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    guard let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { throw BenchmarkError("nothing tells the worker's memory") }
    return kilobytes * 1024
  }

  /// Ends it in good order.
  func stop() throws {
    process.send(SIGTERM)
    let ending = process.wait()
    guard ending == .exited(0) else { throw BenchmarkError("the worker ended with \(ending); see \(log)") }
  }
}
