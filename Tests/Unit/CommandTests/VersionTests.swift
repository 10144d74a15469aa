import CommandHarness
import Foundation
import TestKit
import Testing

@Suite struct VersionTests {
  @Test func `--version begins with the name and the content of the file VERSION`() throws {
    let file = try String(contentsOf: Repository.file("VERSION"), encoding: .utf8)
    let version = file.trimmingCharacters(in: .newlines)
    let first = try #require(try Command()("--version").lines.first)
    #expect(
      try Regex("chat3-update-worker \(version)( \\([0-9a-f]+\\))?").wholeMatch(in: first) != nil, "\(first)")
  }

  /// Where tests are built as CI does it.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["BUILD_COMMIT"] != nil))
  func `--version names the commit that the build was told`() throws {
    let commit = try #require(ProcessInfo.processInfo.environment["BUILD_COMMIT"])
    let first = try #require(try Command()("--version").lines.first)
    #expect(first.hasSuffix("(\(commit))"), "\(first)")
  }

  @Test func `--version names the versions of Swift and of the libraries that are loaded`() throws {
    let command = try Command()
    let lines = try command("--version").lines.dropFirst().map { $0.split(separator: " ").map(String.init) }
    #expect(lines.map(\.first) == ["Swift", "libmongoc", "libbson", "librabbitmq", "SQLite"])
    for (name, package) in [
      ("libmongoc", "libmongoc-1.0"), ("libbson", "libbson-1.0"), ("librabbitmq", "librabbitmq"),
    ] {
      let installed = try command.run("pkg-config", ["--modversion", package]).lines.first
      #expect(lines.first { $0.first == name }?.last == installed)
    }
  }
}
