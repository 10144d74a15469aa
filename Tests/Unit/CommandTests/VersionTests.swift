import CommandHarness
import Foundation
import TestKit
import Testing

@Suite struct VersionTests {
  @Test func `--version says what the file VERSION says`() throws {
    let file = try String(contentsOf: Repository.file("VERSION"), encoding: .utf8)
    #expect(try Command()("--version").output == file)
  }
}
