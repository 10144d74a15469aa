import CommandHarness
import Foundation
import TestKit
import Testing

/// `scripts/check-house` names the file, the line and the rule if a rule of the house is broken.
@Suite struct CheckHouseTests {
  /// What the script says about a repository that holds this one file, and its exit code.
  private func complaints(_ path: String, _ text: String) throws -> (lines: [String], status: Int32) {
    let command = try Command()
    let file = URL(fileURLWithPath: command.folder.path(path))
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    let made = try command.run("/usr/bin/git", ["init", "--quiet", command.folder.path])
    #expect(made.status == 0, "\(made.errors)")
    let result = try command.run(Repository.file("scripts/check-house").path, [command.folder.path])
    return (result.lines, result.status)
  }

  @Test(arguments: [
    (
      "Sources/Updates/A.swift", "import BSON\nimport Pipeline\n", 2,
      "the room Updates may not import Pipeline"
    ),
    ("Sources/MongoStore/A.swift", "package import RabbitBroker\n", 1, "may not import RabbitBroker"),
    ("Sources/MongoStore/A.swift", "import CMongoC\n", 1, "CMongoC is imported only in folders named C/"),
    ("Tests/Servers/A.swift", "\nimport CRabbitMQ\n", 2, "CRabbitMQ is imported only in folders named C/"),
    ("Sources/Cellar/A.swift", "", 1, "the room Cellar is not in the table of rooms"),
    ("Sources/BSON/A.swift", "struct A {\n  public let a = 1\n}\n", 2, "nothing is public"),
    ("Sources/BSON/A.swift", "func a() {\n  fatalError(\"no\")\n}\n", 2, "no trap"),
    ("Sources/BSON/A.swift", "let a = try! b()\n", 1, "no trap"),
    ("Sources/BSON/A.swift", "let a = try? b()\n", 1, "try? without a comment"),
    ("Sources/BSON/A.swift", "func a() {\n  Foundation.exit(1)\n}\n", 2, "a process ends by endProcess"),
    (
      "Sources/BSON/A.swift", "final class A: @unchecked Sendable {}\n", 1, "without a comment that proves it"
    ),
    ("Tests/A.swift", String(repeating: "\n", count: 401), 401, "a file has at most 400 lines"),
  ])
  func `a broken rule is named with its file and line`(path: String, text: String, line: Int, rule: String)
    throws
  {
    let (lines, status) = try complaints(path, text)
    #expect(status == 1 && lines.count == 1)
    #expect(
      lines.first?.hasPrefix("\(path):\(line): ") == true && lines.first?.contains(rule) == true, "\(lines)")
  }

  @Test(arguments: [
    ("Sources/MongoStore/C/A.swift", "import CMongoC\n"),
    ("Sources/Pipeline/A.swift", "package import Updates\nimport Foundation\n"),
    ("Sources/BSON/A.swift", "/// Promised to embedders of the worker.\npublic struct A {}\n"),
    ("Sources/BSON/A.swift", "// Only a hint is lost.\nlet a = try? b()\n"),
    ("Sources/BSON/A.swift", "func a() {\n  _exit(1)\n  process.exit(1)\n}\n"),
    ("Sources/BSON/A.swift", "let a = \"fatalError(1) and try! and public let b\" // fatalError(2)\n"),
    ("Tests/A.swift", String(repeating: "\n", count: 400)),
  ])
  func `code that keeps the rules passes`(path: String, text: String) throws {
    let (lines, status) = try complaints(path, text)
    #expect(status == 0 && lines == [])
  }
}
