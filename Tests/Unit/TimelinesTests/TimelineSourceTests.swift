import BSON
import EmbeddedStore
import Foundation
import Pipeline
import ReplayHarness
import TestKit
import Testing
import Timelines
import Updates

@Suite struct TimelineSourceTests {
  private static func event(_ number: Int, text: String = "") -> String {
    let id = String(repeating: "0", count: 24 - String(number).count) + String(number)
    return """
      {"_id": "\(id)", "tenantId": "t", "eventType": "user.update", \
      "data": {"user": {"userId": "u", "text": "\(text)"}}}
      """
  }

  @Test func `§9 events after any number of state lines are handled`() async throws {
    let name = longText("n", times: 1 << 20)
    let state = (0..<20).map {
      "{\"upsert\": {\"users\": [{\"tenantId\": \"t\", \"userId\": \"u\($0)\", \"name\": \"\(name)\"}]}}"
    }
    let store = try EmbeddedStore.inMemory()
    let result = try await replay(state + [Self.event(1)], into: store)
    #expect(result.tally.totalUpdates == 1)
  }

  @Test func `§9 large events come in as many rounds as they need`() async throws {
    let text = longText("x", times: 6 << 20)
    let events = (1...6).map { Self.event($0, text: text) }
    let store = try EmbeddedStore.inMemory()
    let result = try await replay(events, into: store)
    #expect(result.tally.totalUpdates == 6)
  }

  @Test func `§9 a line may end in CRLF, and the last line without a line end`() async throws {
    let store = try EmbeddedStore.inMemory()
    let lines = ["# comment\r", "\r", "  ", Self.event(1) + "\r", "", Self.event(2)]
    let result = try await replay(lines, into: store)
    #expect(result.tally.totalUpdates == 2)
    #expect(result.badLines.isEmpty)
  }

  // MARK: - Events that come while others are open

  /// A source of these lines, which lie in a file.
  private func source(_ lines: [String], in folder: TemporaryFolder, into store: EmbeddedStore) throws
    -> TimelineSource
  {
    let file = folder.path("timeline.ndjson")
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: file))
    return TimelineSource(files: [file], state: store, badLines: BadLines { Issue.record("bad: \($0)") })
  }

  @Test func `§9 events before a state line come while others are open, those after it do not`() async throws
  {
    let (folder, store) = (try TemporaryFolder(), try EmbeddedStore.inMemory())
    let state = #"{"upsert":{"users":[{"tenantId":"t","userId":"u"}]}}"#
    let key = EntityKey(tenantId: Identifier("t"), id: Identifier("u"))
    let source = try source(
      [Self.event(1), Self.event(2), Self.event(3), state, Self.event(4)], in: folder, into: store)
    #expect(try await source.next(limit: 1).count == 1)
    #expect(try await source.arrived(limit: 1).count == 1)
    #expect(try await source.arrived(limit: 10).count == 1)
    #expect(try await source.arrived(limit: 10).isEmpty)
    #expect(try await store.users([key]).isEmpty)
    #expect(try await source.next(limit: 10).count == 1)
    #expect(try await store.users([key]).count == 1)
    #expect(try await source.arrived(limit: 10).isEmpty)
    #expect(try await source.next(limit: 10).isEmpty)
  }

  @Test func `large events come only when those before them are done with`() async throws {
    let (folder, store) = (try TemporaryFolder(), try EmbeddedStore.inMemory())
    let text = longText("x", times: 6 << 20)
    let source = try source((1...5).map { Self.event($0, text: text) }, in: folder, into: store)
    let first = try await source.next(limit: 10)
    #expect(first.count == 3)
    #expect(try await source.arrived(limit: 10).isEmpty)
    await source.acknowledge([first[0].tag])
    #expect(try await source.arrived(limit: 10).count == 1)
    await source.acknowledge([first[1].tag, first[2].tag])
    #expect(try await source.arrived(limit: 10).count == 1)
  }

  @Test func `nothing is awaited from a pipe while events are open`() async throws {
    let folder = try TemporaryFolder()
    let (file, path) = (folder.path("timeline.ndjson"), folder.path("pipe"))
    try Data((Self.event(1) + "\n" + Self.event(2)).utf8).write(to: URL(fileURLWithPath: file))
    #expect(mkfifo(path, 0o600) == 0)
    let badLines = BadLines { Issue.record("bad: \($0)") }
    let source = TimelineSource(files: [file, path], state: nil, badLines: badLines)
    #expect(try await source.next(limit: 1).count == 1)
    #expect(try await source.arrived(limit: 10).count == 1)
    #expect(try await source.arrived(limit: 10).isEmpty)
    // Open for reading too, so that opening it does not wait for the source.
    let pipe = open(path, O_RDWR)
    defer { close(pipe) }
    let line = Array((Self.event(3) + "\n").utf8)
    #expect(write(pipe, line, line.count) == line.count)
    #expect(try await source.next(limit: 1).count == 1)
    #expect(try await source.arrived(limit: 1).isEmpty)
  }
}
