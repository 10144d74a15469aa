import CommandHarness
import Foundation
import TestKit
import TestServers
import TestTraits
import Testing

/// The inspector's pages in a real browser; `browser_test.py` says what is done there.
@Suite(.bounded) struct BrowserTests {
  /// More browsers at once than there are cores are slow for everybody.
  static let turns = Turns(2)

  @Test(arguments: ["looks", "keyboard", "live", "hostile", "safety"])
  func `the pages hold what they promise in a browser`(part: String) async throws {
    let axe = try PythonPackage.programs("axe-core-python==0.1.0").deletingLastPathComponent()
    let files = FileManager.default.enumerator(atPath: axe.path)
    let script = try #require(files?.compactMap { $0 as? String }.first { $0.hasSuffix("axe.min.js") })
    try await Self.run(
      "browser_test.py",
      [
        part, Command.executable, Repository.file("fixtures").path, axe.appendingPathComponent(script).path,
      ])
  }

  /// Runs a script of this folder, which must not complain.
  static func run(_ script: String, _ arguments: [String]) async throws {
    await turns.take()
    defer { turns.giveBack() }
    let python = try PythonPackage.programs("selenium==4.27.1").appendingPathComponent("python3").path
    let file = Repository.file("Tests/Servers/InspectorServerTests/\(script)").path
    let result = try Command().run(python, [file] + arguments)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
  }
}
