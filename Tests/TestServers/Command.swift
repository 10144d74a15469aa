import Foundation

/// Runs a program to its end.
enum Command {
  /// Its standard output.
  ///
  /// - Throws: ``TestServerError`` with its output when it does not end with 0.
  static func run(
    _ program: String, _ arguments: [String], environment: [String: String]? = nil, directory: String? = nil
  ) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    if let environment { process.environment = environment }
    if let directory { process.currentDirectoryURL = URL(filePath: directory) }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    let reader = Task.detached { try output.fileHandleForReading.readToEnd() ?? Data() }
    let status = try await withCheckedThrowingContinuation { (done: CheckedContinuation<Int32, any Error>) in
      process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        done.resume(throwing: error)
      }
    }
    let text = String(decoding: try await reader.value, as: UTF8.self)
    guard status == 0 else {
      throw TestServerError("\(program) \(arguments.joined(separator: " ")): \(status)\n\(text)")
    }
    return text
  }

  /// Waits until `condition` holds.
  static func wait(
    for what: String, atMost limit: Duration, _ condition: () throws -> Bool
  ) async throws {
    let deadline = ContinuousClock.now + limit
    while try !condition() {
      guard ContinuousClock.now < deadline else { throw TestServerError("waited in vain for \(what)") }
      try await Task.sleep(for: .milliseconds(25))
    }
  }
}
