import Foundation
package import TestKit
package import TestServers

/// The outcome of a command that has ended.
package struct CommandResult {
  package let status: Int32
  package let output: String
  package let errors: String

  /// The lines of standard output.
  package var lines: [String] {
    output.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) }
  }
}

/// Runs the executable under test in a new folder.
package struct Command {
  package let folder: TemporaryFolder

  package init() throws {
    folder = try TemporaryFolder()
  }

  /// The executable is next to the test bundle.
  package static let executable = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    .appendingPathComponent("chat3-update-worker").path

  /// Runs the executable to its end.
  package func callAsFunction(_ arguments: String..., input: String? = nil) throws -> CommandResult {
    try run(Self.executable, arguments, input: input)
  }

  /// Runs another program to its end, such as a shell.
  package func run(_ program: String, _ arguments: [String], input: String? = nil) throws -> CommandResult {
    let running = try start(program, arguments, input: input)
    return try running.result()
  }

  /// Starts a program and returns at once.
  package func start(_ program: String, _ arguments: [String], input: String? = nil) throws -> RunningCommand
  {
    try RunningCommand(program, arguments, input: input, folder: folder)
  }

  /// Writes a file into the folder and returns its path.
  @discardableResult
  package func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
    return folder.path(name)
  }
}

/// A command that runs. Its output goes to files, so that no pipe can fill up.
package struct RunningCommand {
  package let process: SpawnedProcess
  private let outputPath: String
  private let errorsPath: String

  package init(_ program: String, _ arguments: [String], input: String?, folder: TemporaryFolder) throws {
    let name = UUID().uuidString
    outputPath = folder.path("out-\(name)")
    errorsPath = folder.path("err-\(name)")
    for path in [outputPath, errorsPath] { try Data().write(to: URL(fileURLWithPath: path)) }
    var inputPath = "/dev/null"
    if let input {
      inputPath = folder.path("in-\(name)")
      try Data(input.utf8).write(to: URL(fileURLWithPath: inputPath))
    }
    process = try SpawnedProcess(
      program, arguments, in: folder.path, input: inputPath, output: outputPath, errors: errorsPath)
  }

  /// Standard output so far.
  package func outputSoFar() throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: outputPath)), as: UTF8.self)
  }

  /// Standard error so far.
  package func errorsSoFar() throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: errorsPath)), as: UTF8.self)
  }

  /// Waits for the end. The status of a command that was killed is 128 plus the signal.
  package func result() throws -> CommandResult {
    let status: Int32 =
      switch process.wait() {
      case .exited(let code): code
      case .killed(let signal): 128 + signal
      }
    return CommandResult(
      status: status, output: try outputSoFar(),
      errors: try errorsSoFar())
  }
}

/// A state line with two users in one dialog, and events about that dialog.
package enum Sample {
  package static let state = """
    {"upsert": {"users": [{"tenantId": "t", "userId": "carl", "type": "user"}, {"tenantId": "t", "userId": "bot_1", "type": "bot"}], "dialogmembers": [{"tenantId": "t", "dialogId": "d", "userId": "carl", "unreadCount": 0}, {"tenantId": "t", "dialogId": "d", "userId": "bot_1"}, {"tenantId": "t", "dialogId": "d", "userId": "dave", "isActive": false}]}}
    """

  /// - Parameter number: From 1 on.
  package static func update(_ number: Int, type: String = "dialog.update", extra: String = "") -> String {
    let id = String(repeating: "0", count: 24 - String(number, radix: 16).count) + String(number, radix: 16)
    return """
      {"_id": "\(id)", "tenantId": "t", "eventType": "\(type)", "entityType": "dialog", "entityId": "d", "data": {"dialog": {"dialogId": "d"}\(extra)}, "createdAt": 1763551369397.6482}
      """
  }

  package static func typing(_ number: Int) -> String {
    update(number, type: "dialog.typing", extra: ", \"typing\": {\"userId\": \"carl\"}")
  }

  /// The state line and some events, each with its line end.
  package static func timeline(events: Int) -> String {
    ([state] + (1...events).map { update($0) }).joined(separator: "\n") + "\n"
  }
}
