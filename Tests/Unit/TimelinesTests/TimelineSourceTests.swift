import BSON
import EmbeddedStore
import Pipeline
import ReplayHarness
import TestKit
import Testing

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
}
