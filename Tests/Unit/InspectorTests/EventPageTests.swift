import BSON
import EmbeddedStore
import Foundation
import Maintenance
import Pipeline
import ReplayHarness
import TestTraits
import Testing
import Updates

@testable import Inspector

/// What the page of an event shows besides its updates: why, when, and what can be copied.
@Suite(.bounded) struct EventPageTests {
  private static let typing = "6925a0010000000000000005"
  private static let link = "/event?tenant=tnt_teashop&id=\(typing)"

  /// The text of the only element that can be copied and begins so, as a browser would copy it.
  private func copied(_ page: String, beginning: String) throws -> String {
    let texts = page.components(separatedBy: "<pre class=\"copied\">").dropFirst()
      .map { $0.components(separatedBy: "</pre>")[0] }
      .map {
        $0.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
          .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
      }
    return try #require(texts.first { $0.hasPrefix(beginning) })
  }

  @Test(arguments: [typing, "6925a0010000000000000002", "6925a0010000000000000006"])
  func `a copied event, replayed by itself, makes what it makes by the state as it is now`(id: String)
    async throws
  {
    let fixture = try await InspectedFixture()
    let page = await fixture.page("/event?tenant=tnt_teashop&id=\(id)")
    let lines = try copied(page, beginning: "{\"upsert\"").split(separator: "\n").map(String.init)
    #expect(lines.count >= 2)
    let alone = try EmbeddedStore.inMemory()
    let result = try await ReplayHarness.replay(lines, into: alone)
    #expect(result.badLines.isEmpty && result.tally.totalEvents == 1)
    let event = try #require(ObjectId(id))
    let report = try #require(
      try await EventReport.all(of: event, tenantId: nil, in: fixture.store).first)
    let due = try #require(report.dryRun?.explanation.updates.map { "\($0.id) \($0.userId)" })
    var query = UpdateQuery()
    query.limit = 500
    let made = try await alone.page(of: query, patience: .seconds(60)).updates
    #expect(made.map { "\($0.id) \($0.userId)" }.sorted() == due.sorted())
    let again = try #require(try await EventReport.all(of: event, tenantId: nil, in: alone).first)
    #expect(again.dryRun?.count("same") == due.count)
  }

  @Test func `state that is too large is left out, and the page says so`() async throws {
    let member = { (number: Int) in
      #"{"tenantId":"t","dialogId":"d","userId":"u\#(number)","isActive":true,"unreadCount":0}"#
    }
    let crowd = (0..<400).map(member).joined(separator: ",")
    let fixture = try await InspectedFixture(
      nil,
      lines: [
        #"{"upsert":{"dialogs":[{"tenantId":"t","dialogId":"d","name":"n"}],"dialogmembers":[\#(crowd)]}}"#,
        Self.dialogUpdate,
      ])
    let page = await fixture.page("/event?id=\(Self.update)")
    #expect(page.contains("Without the state that it needs: the dialog has more members than are looked at"))
    #expect(try copied(page, beginning: "{\"_id\"").split(separator: "\n").count == 1)
    let excerpt = await #expect(throws: EventExcerpt.Refusal.self) {
      _ = try await EventExcerpt(
        of: JSONReader.object(Array(Self.dialogUpdate.utf8)), in: fixture.store, mostBytes: 1000)
    }
    #expect(excerpt == .tooLarge)
  }

  private static let update = "6925a00100000000000000aa"
  private static let dialogUpdate =
    #"{"_id":"\#(update)","tenantId":"t","eventType":"dialog.update","createdAt":1764061200000.5,"data":"#
    + #"{"dialog":{"dialogId":"d","name":"n"}}}"#

  @Test func `with a mask the state is not copied, because it has the fields under other names`() async throws
  {
    let fixture = try await InspectedFixture { $0.mask = try PageMask("data.dialog.name") }
    let page = await fixture.page(Self.link)
    #expect(page.contains("Without the state that it needs: --mask covers fields"))
    #expect(!page.contains("Order 4711") && !page.contains("{&quot;upsert&quot;"))
    #expect(try copied(page, beginning: "{\"_id\"").contains("••••"))
  }

  @Test func `what the ledger noted stands beside the explanation`() async throws {
    let fixture = try await InspectedFixture()
    let page = await fixture.page(Self.link)
    #expect(
      page.contains("Noted when it was handled</h3><ul class=\"plain noted\"><li>It made 1 update.</li>"))
    let document = try await fixture.json("/api/v1" + Self.link)
    let event = try #require(document["events"]?.array?.first { _ in true }?.document)
    let noted = try #require(event["noted"]?.array?.first { _ in true }?.document)
    #expect(noted["outcome"]?.string == "handled" && noted["updates"]?.number == 1)
  }

  @Test func `the page words who got nothing as the report does that inspect prints`() async throws {
    let fixture = try await InspectedFixture()
    let event = try #require(ObjectId(Self.typing))
    let report = try #require(
      try await EventReport.all(of: event, tenantId: nil, in: fixture.store).first)
    #expect(
      report.absentees.map { "\($0.userId) \($0.reason)" } == [
        "shop_bot is the one who was typing",
        "olga was no active member when the event was handled; by the state as it is now one is due",
      ])
    let page = await fixture.page(Self.link + "&show=nothing")
    for absentee in report.absentees {
      #expect(page.contains("<td data-label=\"Why\">\(absentee.reason)</td>"))
    }
  }

  /// A dialog of two members, in which an event of a known time was handled and published.
  private func published(createdAt: String) async throws -> InspectedFixture {
    let state = #"""
      {"upsert":{"dialogs":[{"tenantId":"t","dialogId":"d"}],"dialogmembers":[\#
      {"tenantId":"t","dialogId":"d","userId":"a"},{"tenantId":"t","dialogId":"d","userId":"b"}]}}
      """#
    let event = Self.dialogUpdate.replacing("1764061200000.5", with: createdAt)
    return try await InspectedFixture(nil, lines: [state, event], publisher: CapturingPublisher())
  }

  @Test func `the picture goes from the creation over the storing to the publication`() async throws {
    let now = UpdateClock().now()
    let fixture = try await published(createdAt: JSONNumber(now - 1).text)
    let page = await fixture.page("/event?id=\(Self.update)")
    let picture = try #require(page.components(separatedBy: "<svg class=\"timeline\"").dropFirst().first)
    #expect(picture.contains("<line class=\"created\""))
    #expect(picture.components(separatedBy: "<line class=\"wait\"").count == 3)
    #expect(picture.components(separatedBy: "<line class=\"way kind-dialogupdate\"").count == 3)
    #expect(page.contains(" after the event was created. Published after "))
    #expect(page.contains("(median)") && page.contains("(slowest), of 2 updates."))
    #expect(await fixture.page("/event?id=\(Self.update)&show=unpublished").contains("Nobody."))
    let updates = try await fixture.updates("is:published")
    #expect(updates.count == 2)
  }

  @Test func `an event that is far older than its updates does not squeeze them`() async throws {
    let fixture = try await published(createdAt: "1764061200000.5")
    let page = await fixture.page("/event?id=\(Self.update)")
    let picture = try #require(page.components(separatedBy: "<svg class=\"timeline\"").dropFirst().first)
    // The creation stands at the margin, and all that was measured keeps the rest of the width.
    #expect(picture.contains("<line class=\"created\" x1=\"190\" x2=\"190\""))
    #expect(picture.contains("cx=\"300\""))
  }

  @Test func `an event that says that it was created after its updates is not drawn so`() async throws {
    let fixture = try await published(createdAt: "4102444800000.5")
    let page = await fixture.page("/event?id=\(Self.update)")
    #expect(page.contains("a later time of its creation than its updates have"))
    #expect(!page.contains("<line class=\"created\""))
  }
}
