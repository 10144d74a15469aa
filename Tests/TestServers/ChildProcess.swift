import Foundation
import Synchronization

/// A server as a child of the test run, which it never outlives, however that ends: a shell between the two waits
/// for the end of a pipe that the test run holds, and kills the server then.
final class ChildProcess: Sendable {
  /// The process id of the server itself.
  let id: pid_t
  private let shell: Mutex<Process>
  private let lifeline: Pipe

  /// Starts a program; what it prints goes to the log file.
  init(_ program: String, _ arguments: [String], log: URL, environment: [String: String] = [:]) throws {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    let script =
      #"log=$1; shift; "$@" >>"$log" 2>&1 </dev/null & p=$!; echo $p; exec >&-; cat >/dev/null; kill -9 $p"#
    shell.arguments = ["-c", script, "sh", log.path, program] + arguments
    shell.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (input, output) = (Pipe(), Pipe())
    shell.standardInput = input
    shell.standardOutput = output
    shell.standardError = FileHandle.nullDevice
    try shell.run()
    let line = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    guard let id = pid_t(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw TestServerError("\(program) did not start; its log is \(log.path)")
    }
    self.id = id
    self.shell = Mutex(shell)
    lifeline = input
  }

  /// Ends the server at once, as kill -9 does, and returns when it has gone.
  func kill() throws {
    _ = Foundation.kill(id, SIGKILL)
    try lifeline.fileHandleForWriting.close()
    shell.withLock { $0.waitUntilExit() }
  }

  /// Asks the server to end and returns when it has gone; after the time given it is killed.
  func stop(within seconds: Double = 10) throws {
    _ = Foundation.kill(id, SIGTERM)
    let end = Date().addingTimeInterval(seconds)
    while isRunning, Date() < end { usleep(5000) }
    try kill()
  }

  /// Whether the server runs. One that has ended stays a zombie of the shell, so that its id names nobody else.
  var isRunning: Bool {
    guard let status = FileManager.default.contents(atPath: "/proc/\(id)/stat") else { return false }
    let fields = String(decoding: status, as: UTF8.self).split(separator: ")").last?.split(separator: " ")
    return fields?.first != "Z"
  }
}

/// A server that tests need and that is not to be had.
public struct TestServerError: Error, CustomStringConvertible {
  /// What is wrong.
  public let description: String

  /// Says what is wrong.
  public init(_ description: String) {
    self.description = description
  }
}
