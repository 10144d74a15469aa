import BSON
import Foundation
import TestTraits
import Testing
import Updates

@testable import Inspector

/// What `--mask` covers.
@Suite(.bounded) struct MaskTests {
  private static let letter = Letter(
    body: #"{"eventId":"x","data":{"message":{"content":"secret"}}}"#, reason: "eventId is no event id")
  /// Contents of the fixture that the mask covers.
  private static let words = ["Order 4711 is late", "Где мой чай", "Order 4711", "secret"]

  private func masked() async throws -> InspectedFixture {
    let letters = LettersInMemory([Self.letter, Letter(body: "secret", reason: "it is no JSON")])
    return try await InspectedFixture(letters: letters) {
      $0.mask = try PageMask(
        "data.message.content,data.message.quotedMessage.content,data.dialog.meta,data.dialog.name")
    }
  }

  @Test func `fields are covered in pages, JSON and copies`() async throws {
    let fixture = try await masked()
    let updates = try await fixture.updates("type:MessageUpdate user:maria")
    let update = try #require(updates.first)
    let (id, other) = (try #require(update["_id"]?.string), try #require(updates.last?["_id"]?.string))
    let event = try #require(update["eventId"]?.string)
    let message = try #require(update.document("data")?.document("message"))
    #expect(message["content"]?.string?.allSatisfy { $0 == "•" } == true)
    #expect(message["senderId"]?.string != nil)
    let (tenant, maria) = ("tenant=tnt_teashop", "id=maria")
    for (path, showsDots) in [
      ("/update?id=\(id)", true), ("/api/v1/update?id=\(id)", true), ("/updates", false),
      ("/dead-letters?read=1", true), ("/event?\(tenant)&id=\(event)", true),
      ("/api/v1/event?\(tenant)&id=\(event)", false), ("/compare?a=\(id)&b=\(other)", true),
      ("/api/v1/compare?a=\(id)&b=\(other)", true), ("/user?\(tenant)&\(maria)", false),
      ("/api/v1/user?\(tenant)&\(maria)", true), ("/dialog?\(tenant)&id=dlg_order4711", false), ("/", false),
      ("/api/v1/overview", false),
    ] {
      let answer = await fixture.answer(path)
      #expect(answer.status == 200, "\(path)")
      let text = answer.text ?? ""
      for word in Self.words { #expect(!text.contains(word), "\(path) shows \(word)") }
      #expect(!showsDots || text.contains("••"), "\(path)")
    }
  }

  @Test func `a difference in a masked field is told without its values`() async throws {
    let fixture = try await masked()
    let late = try await fixture.updates("type:MessageUpdate user:maria")
    let event = try #require(late.last?["eventId"]?.string)
    let document = try await fixture.json("/api/v1/event?tenant=tnt_teashop&id=\(event)")
    let report = try #require(document["events"]?.array?.first { _ in true }?.document)
    let lines = report.document("dryRun")?["updates"]?.array?.compactMap(\.document) ?? []
    #expect(lines.contains { $0["verdict"]?.string == "differs" && $0["paths"]?.array != nil })
    #expect(lines.allSatisfy { $0["differences"] == nil })
  }

  @Test(arguments: [
    // What stands in the place of a document with masked fields may hold what they would.
    ("data.list.x", #"{"data":{"list":[[{"x":"••••••"}],{"x":"••••••"},"•"]}}"#),
    ("data.list.1.x", #"{"data":{"list":[[{"x":"secret"}],{"x":"••••••"},1]}}"#),
    ("data.list.0.0.x", #"{"data":{"list":[[{"x":"••••••"}],{"x":"secret"},1]}}"#),
    ("data.list.2", #"{"data":{"list":[[{"x":"secret"}],{"x":"secret"},"•"]}}"#),
    ("data.list.7.x", #"{"data":{"list":[[{"x":"secret"}],{"x":"secret"},1]}}"#),
  ])
  func `a path goes through arrays, and a number in it names one item`(mask: String, masked: String) throws {
    let document = try JSONReader.object(
      Array(#"{"data":{"list":[[{"x":"secret"}],{"x":"secret"},1]}}"#.utf8))
    #expect(
      String(decoding: JSONWriter.text(try PageMask(mask).applied(to: document)), as: UTF8.self) == masked)
  }

  @Test(arguments: ["", "data", "userId", "data..x", "data.x,", "_id"])
  func `a mask names fields in data`(text: String) {
    let mistake = #expect(throws: PageMask.Mistake.self) { try PageMask(text) }
    #expect(mistake?.sentence.contains("--mask takes paths in data") == true)
  }

  @Test(arguments: [
    "data.dialog.dialogId", "data.typing.userId", "data.x,data.message.senderId", "data.user.userId.x",
  ])
  func `an id that pages lead by cannot be covered`(text: String) {
    let mistake = #expect(throws: PageMask.Mistake.self) { try PageMask(text) }
    #expect(mistake?.sentence.contains("because pages lead by it") == true)
  }

  @Test func `what an update is known by stays, whatever is covered`() throws {
    let id = try #require(ObjectId("6925a00100000000000000aa"))
    var output = BSONWriter()
    output.append("_id", id)
    output.append("eventId", id)
    for field in ["tenantId", "userId", "eventType", "routingKey"] { output.append(field, "u") }
    output.append("createdAt", 1.5)
    let update = try #require(StoredUpdate(output.finish()))
    // A document that is no update at all any more: nothing of the unmasked one is shown in its place.
    let shown = update.showing(.empty)
    #expect(shown.id == id && shown.userId.string == "u" && shown.document.isEmpty)
  }
}
