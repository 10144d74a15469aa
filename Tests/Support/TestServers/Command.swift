import Foundation

/// Runs programs to their end.
enum Command {
  /// Returns its standard output.
  ///
  /// - Throws: ``TestServerError`` with its output if it does not exit with 0.
  static func run(
    _ program: String, _ arguments: [String], environment: [String: String]? = nil, directory: String? = nil
  ) async throws -> String {
    let folder = try TestFolder.make("command")
    defer { TestFolder.remove(folder) }
    let output = folder.appendingPathComponent("output").path
    let process = try SpawnedProcess(
      program, arguments, in: directory ?? folder.path, output: output, errors: output,
      environment: environment ?? ProcessInfo.processInfo.environment)
    try await until("\(program) ends", within: .seconds(300)) { !process.isRunning }
    let status = process.wait()
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
    guard status == .exited(0) else {
      throw TestServerError("\(program) \(arguments.joined(separator: " ")): \(status)\n\(text)")
    }
    return text
  }
}
