import CommandHarness
import Foundation
import TestKit
import Testing

@Suite struct VersionTests {
  @Test func `--version prints the content of the file VERSION`() throws {
    let file = try String(contentsOf: Repository.file("VERSION"), encoding: .utf8)
    #expect(try Command()("--version").output == file)
  }
}
