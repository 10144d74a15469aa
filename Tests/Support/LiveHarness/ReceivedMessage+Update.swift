import BSON
package import SpecCases
import SpecModel
package import Updates

extension ObservedUpdate {
  /// A stored update as it was before it was published, which is the form that the cases of the spec expect.
  package init(stored update: StoredUpdate) throws {
    let text = String(decoding: JSONWriter.text(update.document), as: UTF8.self)
    var fields = try JSON.parse(text, deepest: 220).object ?? [:]
    if update.isPublished {
      fields["published"] = false
      if fields["publishedAt"]?.number != nil { fields["publishedAt"] = .null }
    }
    try self.init(JSON.object(fields).text)
  }
}

extension ReceivedMessage {
  /// How this message differs from that of a stored update (spec section 5), in words.
  package func differences(from update: StoredUpdate, _ observed: ObservedUpdate) throws -> [String] {
    let type = String(routingKey.split(separator: ".").last ?? "")
    let body = try JSON.parse(body, deepest: 220)
    var differences: [String] = []
    func check(_ name: String, _ isRight: Bool) {
      if !isRight { differences.append("\(name) of \(routingKey): \(self)") }
    }
    check("routing key", routingKey == update.routingKey)
    check("message_id", messageId == update.id.description)
    check("type", self.type?.lowercased() == type && self.type == update.type?.rawValue)
    check("content type", contentType == "application/json")
    check("delivery mode", deliveryMode == 2)
    check("timestamp", timestamp == UInt64(update.createdAt / 1000))
    for (name, value) in [
      "tenantId": update.tenantId.string, "userId": update.userId.string, "eventType": update.eventType,
      "eventId": update.eventId.description,
    ] {
      check("header \(name)", headers[name].map { Array($0.utf8) == Array(value.utf8) } ?? false)
    }
    check("published", body["published"] == true && body["publishedAt"]?.number != nil)
    let varying: [ExactString] = ["routingKey", "published", "publishedAt"]
    let mine = JSON.object((body.object ?? [:]).filter { !varying.contains($0.key) })
    let stored = JSON.object((observed.fields.object ?? [:]).filter { !varying.contains($0.key) })
    if !mine.sameValue(as: stored) { differences.append("the body \(mine.text) is not \(stored.text)") }
    check("routingKey in the body", body["routingKey"] == nil)
    return differences
  }
}
