import BSON
import Testing

@testable import Updates

@Suite struct StoredUpdateTests {
  /// A stored update in which this field has another value, or is missing where that is `nil`.
  private func stored(_ name: String, _ value: String?) throws -> BSONDocument {
    let made = try plan(.dialogUpdate, plainData(.dialogUpdate))
    let members = [Member(userId: id("ann"), record: .empty)]
    let recipients = made.resolved.recipients.among(members)
    let update = try #require(made.updates(for: recipients, profiles: Profiles()).first)
    let replacement = try value.map { try document(#"{"v":\#($0)}"#)["v"] }
    var output = BSONWriter()
    for element in update.document() {
      if !element.hasKey(name) {
        output.append(element)
      } else if let replacement {
        output.append(name, valueOf: replacement)
      }
    }
    return output.finish()
  }

  @Test(arguments: ["_id", "tenantId", "userId", "eventId", "eventType", "routingKey", "createdAt"])
  func `a document without a field that every update has is no update`(name: String) throws {
    #expect(StoredUpdate(try stored(name, nil)) == nil)
    #expect(StoredUpdate(try stored(name, "null")) == nil)
    #expect(StoredUpdate(try stored(name, "{}")) == nil)
  }

  @Test(arguments: ["entityId", "data", "published", "publishedAt"])
  func `a document without one of the other fields is an update`(name: String) throws {
    #expect(StoredUpdate(try stored(name, nil)) != nil)
    #expect(StoredUpdate(try stored(name, "null")) != nil)
  }

  @Test func `an update is read back as it was made`() throws {
    let made = try #require(StoredUpdate(stored("createdAt", "7")))
    #expect(made.tenantId == id("t"))
    #expect(made.userId == id("ann"))
    #expect(made.eventId.description == identity)
    #expect(made.eventType == "dialog.update")
    #expect(made.type == .dialog)
    #expect(made.entityId == "d")
    #expect(made.dialogId == "d")
    #expect(made.routingKey == "update.dialog.user.ann.dialogupdate")
    #expect(made.createdAt == 7)
    #expect(!made.isPublished)
  }

  @Test func `an update without entityId or data has a body all the same`() throws {
    let made = try #require(StoredUpdate(stored("entityId", nil)))
    #expect(try JSONReader.object(made.body(publishedAt: 5))["entityId"]?.type == .null)
    let empty = try #require(StoredUpdate(stored("data", nil)))
    #expect(try JSONReader.object(empty.body(publishedAt: 5)).document("data") == .empty)
    #expect(empty.dialogId == nil)
  }

  @Test(
    arguments: [
      ("true", true), ("false", false), ("1", true), ("0", false), ("1.0", true), ("0.0", false),
      ("-1", true), ("9007199254740993", true), (#""true""#, false), ("{}", false), ("null", false),
      (nil, false),
    ] as [(String?, Bool)])
  func `a number other than 0 counts as published, anything else but true does not`(
    value: String?, isPublished: Bool
  ) throws {
    let document = try stored("published", value)
    #expect(StoredUpdate.isPublished(document) == isPublished)
    #expect(StoredUpdate(document)?.isPublished == isPublished)
  }

  @Test func `an update of an event type that makes none has no type`() throws {
    #expect(try StoredUpdate(stored("eventType", #""message.delete""#))?.type == nil)
    #expect(try StoredUpdate(stored("eventType", #""user.stats.update""#))?.type == .userStats)
  }
}
