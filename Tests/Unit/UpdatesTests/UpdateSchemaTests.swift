import BSON
import TestKit
import Testing

@testable import Updates

/// The fields of the stored document, in the order of section 4.
private let storedFields = [
  "_id", "tenantId", "userId", "entityId", "eventId", "eventType", "data", "routingKey", "published",
  "publishedAt", "createdAt",
]

/// The document that the database holds after it has marked this one.
private func marked(_ document: BSONDocument, publishedAt: Double) -> BSONDocument {
  var output = BSONWriter()
  for element in document {
    switch element.key {
    case "published": output.append("published", true)
    case "publishedAt": output.append("publishedAt", publishedAt)
    default: output.append(element)
    }
  }
  return output.finish()
}

@Suite struct UpdateSchemaTests {
  /// Updates of every shape: of every event type, the derived statistics included.
  private func updates(_ random: inout SeededGenerator) throws -> [Update] {
    var found = Found()
    found.profiles.metas[metaKey(.dialog, "d")] = random.document()
    found.state.dialogs[key("d")] = random.document()
    let (message, member) = (text(random.document()), random.document())
    let data =
      #"{"context":{"dialogId":"d","messageId":"m"},"message":\#(message),"typing":{"userId":"t"}"#
      + #","member":{"userId":"ann"},"user":{"userId":"ann"}}"#
    return try EventType.allCases.flatMap { type in
      let made = try plan(type, data, stored: #"{"dialogId":"d"}"#, found: found)
      let recipients = [Member(userId: id("ann"), record: member), Member(userId: id("é"), record: member)]
      return made.updates(for: made.resolved.recipients.among(recipients), profiles: found.profiles)
        + made.updates(for: made.resolved.recipients.named.map { [$0] } ?? [], profiles: found.profiles)
        + made.statisticsUpdates(for: [id("ann"), id("é")], profiles: found.profiles)
    }.map { update in
      var update = update
      update.createdAt = random.time()
      return update
    }
  }

  @Test func `§4 the stored document has the fields of the spec in their order`() throws {
    var random = SeededGenerator(seed: 4)
    for update in try updates(&random) {
      let document = update.document()
      #expect(document.map(\.key) == storedFields)
      #expect(document["_id"]?.objectId == update.id)
      #expect(document["tenantId"]?.string == "t")
      #expect(document["userId"]?.string == update.userId.string)
      #expect(document["entityId"]?.string == update.content.entityId.string)
      #expect(document["eventId"]?.objectId?.description == identity)
      #expect(document["eventType"]?.string == update.content.eventType)
      #expect(document["routingKey"]?.string == update.routingKey)
      #expect(document["published"]?.bool == false)
      #expect(document["publishedAt"]?.type == .null)
      #expect(document["createdAt"]?.type == .double)
      #expect(document["createdAt"]?.number == update.createdAt)
    }
  }

  @Test func `§4 data holds context first, and member before what comes after it`() throws {
    var random = SeededGenerator(seed: 5)
    for update in try updates(&random) {
      let data = try #require(update.document().document("data"))
      guard let type = EventType(rawValue: update.content.eventType) else {
        #expect(data.map(\.key) == ["context", "user"])
        continue
      }
      #expect(data.map(\.key) == ["context"] + type.rule.sections.map(\.name))
      if let member = update.member { #expect(data.document("member") == member) }
    }
  }

  @Test func `§5 the body has the stored fields but routingKey, and says when it was published`() throws {
    var random = SeededGenerator(seed: 6)
    for update in try updates(&random) {
      let body = try JSONReader.object(update.body(publishedAt: 1_763_551_369_397.6482))
      #expect(body.map(\.key) == storedFields.filter { $0 != "routingKey" })
      #expect(body["_id"]?.string == update.id.description)
      #expect(body["eventId"]?.string == identity)
      #expect(body["published"]?.bool == true)
      #expect(body["publishedAt"]?.number == 1_763_551_369_397.6482)
      #expect(body["createdAt"]?.number == update.createdAt)
    }
  }

  @Test func `§4 what is published is what is stored: both make the same body`() throws {
    var random = SeededGenerator(seed: 7)
    var count = 0
    for _ in 0..<20 {
      for update in try updates(&random) {
        let stored = try #require(StoredUpdate(update.document()))
        let time = random.time()
        #expect(update.body(publishedAt: time) == stored.body(publishedAt: time))
        let published = try #require(StoredUpdate(marked(update.document(), publishedAt: time + 1)))
        #expect(published.body(publishedAt: time) == stored.body(publishedAt: time))
        count += 1
      }
    }
    #expect(count > 400)
  }

  /// That includes shapes that no event has, such as an update without leading sections.
  @Test func `any sections make the same body shared, alone and stored`() throws {
    var random = SeededGenerator(seed: 8)
    for _ in 0..<1000 {
      let data = UpdateDocument.Sections(
        leading: random.bool() ? .empty : random.document(), member: random.bool() ? nil : random.document(),
        trailing: random.bool() ? .empty : random.document())
      let (id, eventId) = (random.objectId(), random.objectId())
      let made = UpdateDocument(
        id: try #require(id), tenantId: random.text(), userId: random.text(),
        entityId: random.bool() ? nil : random.text(), eventId: try #require(eventId),
        eventType: random.text(), data: data, routingKey: random.text(),
        publishedAt: random.bool() ? nil : random.time(), createdAt: random.time())
      #expect(made.byteCount == made.encoded().bytes.count)
      #expect(try BSONDocument(validating: Array(made.encoded().bytes)) == made.encoded())
      #expect(made.message(SharedText(made)) == made.message())
      guard let time = made.publishedAt else { continue }
      #expect(StoredUpdate(made.encoded())?.body(publishedAt: time) == made.message())
    }
  }

  @Test func `the size of an update is that of its document once it is marked as published`() throws {
    var random = SeededGenerator(seed: 9)
    for _ in 0..<10 {
      for update in try updates(&random) {
        #expect(update.byteCount == marked(update.document(), publishedAt: random.time()).bytes.count)
      }
    }
  }

  @Test func `an update is too large exactly when MongoDB would not store it published`() throws {
    let eventId = try #require(ObjectId(identity))
    func update(padding: Int) -> Update {
      var meta = BSONWriter(capacity: padding + 64)
      meta.append("a", longText("x", times: padding))
      return Update(
        content: UpdateContent(
          statisticsOf: key("ann"), userType: "user", meta: meta.finish(), counts: .none, updatedFields: [],
          eventId: eventId, eventCreatedAt: nil),
        userId: id("ann"), userType: "user", member: nil)
    }
    let padding = BSONDocument.largestStored - update(padding: 0).byteCount
    #expect(update(padding: padding - 1).sizeObjection == nil)
    #expect(update(padding: padding).byteCount == 16 * 1024 * 1024)
    #expect(update(padding: padding).sizeObjection == nil)
    #expect(
      update(padding: padding + 1).sizeObjection
        == "its document has 16777217 bytes; MongoDB stores at most 16777216")
  }
}
