import CommandHarness
import Foundation
import TestKit
import TestServers
import TestTraits
import Testing

/// The inspector's pages in a real browser; `browser_test.py` says what is done there.
@Suite(.bounded) struct BrowserTests {
  @Test(arguments: ["looks", "keyboard", "live", "hostile", "safety"])
  func `the pages hold what they promise in a browser`(part: String) async throws {
    let axe = try PythonPackage.programs("axe-core-python==0.1.0").deletingLastPathComponent()
    let files = FileManager.default.enumerator(atPath: axe.path)
    let script = try #require(files?.compactMap { $0 as? String }.first { $0.hasSuffix("axe.min.js") })
    try await BrowserScript.run(
      "browser_test.py",
      [
        part, Command.executable, Repository.file("fixtures").path, axe.appendingPathComponent(script).path,
      ])
  }
}
