import TestKit
import EmbeddedStore
import Foundation
import ReplayHarness
import SpecModel
import Testing

/// Every timeline in `fixtures/` gives exactly the updates of its expected file.
@Suite struct FixtureTests {
  private static let folder = Repository.file("fixtures")

  static let names: [String] = {
    do {
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      return files.filter { $0.hasSuffix(".ndjson") && !$0.hasSuffix(".expected.ndjson") }
        .map { String($0.dropLast(".ndjson".count)) }.sorted()
    } catch {
      return []
    }
  }()

  private func lines(_ name: String) throws -> [[UInt8]] {
    try Data(contentsOf: Self.folder.appendingPathComponent(name)).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).map(Array.init)
  }

  @Test func `every fixture that the documentation names is there`() {
    let promised = [
      "group-of-200", "hostile-input", "lagging-burst", "legacy-producers", "membership", "spec-example",
      "support-chat", "two-tenants",
    ]
    #expect(Set(Self.names).isSuperset(of: promised))
  }

  @Test(arguments: names)
  func `a fixture gives the updates of its expected file`(name: String) async throws {
    let expected = try lines("\(name).expected.ndjson").filter { !$0.isEmpty }.map {
      try JSON.parse($0, deepest: 220)
    }
    let store = try EmbeddedStore.inMemory()
    let publisher = CapturingPublisher()
    let result = try await replay(try lines("\(name).ndjson"), into: store, publisher: publisher)
    #expect(differences(try await storedUpdates(store), expected).prefix(3) == [])
    #expect(differences(try publisher.messages.map(publishedJSON), expected).prefix(3) == [])

    let bad = result.badLines.map { "\($0.line): \($0.reason)" }
    let badPath = Self.folder.appendingPathComponent("\(name).bad.txt")
    let expectedBad =
      FileManager.default.fileExists(atPath: badPath.path)
      ? try String(contentsOf: badPath, encoding: .utf8).split(separator: "\n").map(String.init) : []
    #expect(bad == expectedBad)
  }
}
