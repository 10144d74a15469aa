import BSON
import EmbeddedStore
import Foundation
import Maintenance
import Pipeline
import ReplayHarness
import Synchronization
import TestTraits
import Testing
import Updates

@testable import Inspector

/// What the overview counts, and where its numbers lead.
@Suite(.bounded) struct OverviewTests {
  private func sum(_ document: BSONDocument, _ key: String, _ noun: String) -> Double {
    document[key]?.array?.compactMap { $0.document?[noun]?.number }.reduce(0, +) ?? 0
  }

  @Test func `it counts the updates that are stored and the events that made them`() async throws {
    let fixture = try await InspectedFixture()
    let overview = try await fixture.json("/api/v1/overview")
    #expect(sum(overview, "spans", "updates") == 39)
    let own = try await fixture.updates("!type:UserStatsUpdate").compactMap { $0["eventId"]?.string }
    #expect(sum(overview, "eventSpans", "events") == Double(Set(own).count))
    #expect(overview.document("unpublished")?["count"]?.number == 39)
    let page = await fixture.page("/")
    #expect(page.components(separatedBy: "<svg class=\"traffic\"").count == 3)
    let empty = try await InspectedFixture(nil)
    #expect(await empty.page("/").contains("holds no updates yet"))
  }

  @Test func `an event of hundreds of recipients is one event`() async throws {
    let fixture = try await InspectedFixture("group-of-200")
    let overview = try await fixture.json("/api/v1/overview?by=hour")
    let text = try String(contentsOf: InspectedFixture.file("group-of-200"), encoding: .utf8)
    let ids = Set(text.matches(of: /"_id": ?"([0-9a-f]{24})"/).map { String($0.output.1) })
    #expect(sum(overview, "eventSpans", "events") == Double(ids.count))
    #expect(try await fixture.count("!type:UserStatsUpdate") > 100 * ids.count)
  }

  @Test func `numbers are links to what they count`() async throws {
    let fixture = try await InspectedFixture(
      nil,
      lines: try String(contentsOf: InspectedFixture.file("support-chat"), encoding: .utf8)
        .split(separator: "\n").map(String.init), publisher: CapturingPublisher())
    let page = await fixture.page("/")
    func linked(_ pattern: Regex<(Substring, Substring)>) throws -> String {
      let match = try #require(page.firstMatch(of: pattern))
      return String(match.output.1).replacing("&amp;", with: "&")
    }
    let all = try linked(/<h3><a href="([^"]*)">39 updates</)
    let messages = try linked(/<a class="kind kind-messageupdate" href="([^"]*)">MessageUpdate 14</)
    for (link, count) in [(all, 39), (messages, 14)] {
      let found = try await fixture.json("/api/v1" + link + "&limit=500")
      #expect(found["updates"]?.array?.count { _ in true } == count, "\(link)")
    }
    let slowest = try linked(/the slowest took <a href="([^"]*)">/)
    let median = try linked(/<h2>Lag<\/h2><p class="number"><a href="([^"]*)">/)
    for link in [slowest, median] { #expect(await fixture.answer(link).status == 200) }
  }

  @Test func `where there was no time to look at all updates, none is said to be unpublished`() async throws {
    let fixture = try await InspectedFixture { $0.patience = .zero }
    let page = await fixture.page("/")
    #expect(page.contains(">none found</a>") && page.contains("not all were looked at"))
    #expect(try await fixture.json("/api/v1/overview").document("unpublished")?["complete"]?.bool == false)
  }

  private static let replay = ReplayRecord(
    Tally(), badLines: 2, seconds: 1.5, finishedAt: 1_764_061_200_000, isComplete: true)

  @Test func `the last replay into a file is told with what it came to`() async throws {
    let fixture = try await InspectedFixture(nil, lines: HostileChat.lines("plain"))
    #expect(await fixture.page("/").contains("<h2>Last verify</h2><p class=\"number\">–</p>"))
    var record = Self.replay
    record.events = ["message.create": 3]
    record.updates = ["MessageUpdate": 6, "UserStatsUpdate": 1]
    try await fixture.store.note(record)
    let page = await fixture.page("/")
    #expect(page.contains("<h2>Last replay</h2>") && page.contains("It came to the end of its timelines"))
    #expect(page.contains("<td data-label=\"Of which\">6 MessageUpdate, 1 UserStatsUpdate</td>"))
    #expect(page.contains("<td data-label=\"What\">Bad lines</td><td data-label=\"How many\">2</td>"))
    let overview = try await fixture.json("/api/v1/overview")
    #expect(overview.document("replay").flatMap(ReplayRecord.init) == record)
    record.isComplete = false
    try await fixture.store.note(record)
    #expect(await fixture.page("/").contains("the same command completes it"))
  }

  private static let verification = VerificationRecord(
    finishedAt: 1_764_061_200_000, seconds: 2, of: "tnt_a", since: 1_764_000_000_000,
    until: 1_764_060_000_000,
    events: 1200, updates: 5000, users: 40, differences: ["missing": 3, "content": 1], repaired: 1)

  @Test func `the last verification is told with its window and its differences by kind`() async throws {
    let work = await LastWork(Journal(verification: Self.verification), try await configuration())
    let page = try Templates().render("overview", work.context)
    #expect(page.contains("<a href=\"#verified\">4</a>") && page.contains("number bad"))
    #expect(page.contains("4 differences: 3 missing, 1 content; 1 of them repaired."))
    #expect(page.contains("1,200 events, 5,000 updates</a>, 40 users"))
    #expect(
      page.contains(
        "chat3-update-worker verify --since=1764000000000 --until=1764060000000 --tenant=tnt_a</pre>"))
    let record = VerificationRecord(Self.verification.document)
    #expect(record == Self.verification)
  }

  @Test func `a store that does not tell of its last verification leaves the other numbers`() async throws {
    let work = await LastWork(Journal(fault: true), try await configuration())
    let page = try Templates().render("overview", work.context)
    #expect(page.contains("<h2>Last verify</h2><p class=\"number\">–</p><p>It may not be read.</p>"))
  }

  private func configuration() async throws -> InspectorConfiguration {
    let fixture = try await InspectedFixture { $0.sentence = { _ in "It may not be read." } }
    return fixture.inspector.configuration
  }
}

/// What a store keeps of the work on it.
private struct Journal: WorkJournal {
  struct Failure: Error {}

  var verification: VerificationRecord?
  var fault = false

  func lastReplay() async throws -> ReplayRecord? { nil }

  func lastVerification() async throws -> VerificationRecord? {
    if fault { throw Failure() }
    return verification
  }
}
