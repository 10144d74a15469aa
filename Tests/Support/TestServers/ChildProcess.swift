import Foundation

/// A server that is one process. It never outlives the test run (see ``ProcessGroup``).
final class ChildProcess: Sendable {
  /// The process id of the server, not of the shell that started it.
  let id: pid_t
  private let group: ProcessGroup

  /// Starts a program whose output goes to the log file.
  init(_ program: String, _ arguments: [String], log: URL, environment: [String: String] = [:]) async throws {
    let pidFile = log.path + ".pid-\(UUID().uuidString)"
    let words = ([program] + arguments).map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }
    group = try ProcessGroup(
      script: "\(words.joined(separator: " ")) </dev/null &\necho $! >'\(pidFile)'",
      environment: ProcessInfo.processInfo.environment.merging(environment) { $1 }, log: log.path)
    try await until("\(program) starts; its log is \(log.path)", within: .seconds(20)) {
      FileManager.default.contents(atPath: pidFile)?.last == UInt8(ascii: "\n")
    }
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: pidFile)), as: UTF8.self)
    guard let id = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw TestServerError("\(program) did not start; its log is \(log.path)")
    }
    self.id = id
  }

  /// Sends SIGKILL and returns when the server has ended.
  func kill() {
    group.end(SIGKILL)
  }

  /// Sends SIGTERM and returns when the server has ended. It is killed if it does not end in time.
  func stop(within seconds: Double = 10) {
    _ = Foundation.kill(id, SIGTERM)
    let end = Date().addingTimeInterval(seconds)
    while isRunning, Date() < end { usleep(5000) }
    kill()
  }

  /// Whether the server runs. After its end it stays a zombie of the shell, so that no other process can have
  /// its id.
  var isRunning: Bool {
    guard let status = FileManager.default.contents(atPath: "/proc/\(id)/stat") else { return false }
    let fields = String(decoding: status, as: UTF8.self).split(separator: ")").last?.split(separator: " ")
    return fields?.first != "Z"
  }
}
