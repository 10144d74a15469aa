import BSON

// What all sections of a message have in common (spec section 3.1).
extension LocatedMessage {
  /// Begins a section with the ids of the message and its dialog.
  func beginSection() -> BSONWriter {
    var output = BSONWriter(capacity: 512 + (carried?.bytes.count ?? 0) + (stored?.bytes.count ?? 0))
    output.append("messageId", id.string)
    output.append("dialogId", dialog.id.string)
    return output
  }

  /// Appends the event's fields, then those of the stored message that the event does not have. A null
  /// `senderId` counts as absent.
  func appendFields(only storedKeys: [String]?, except: [String], to output: inout BSONWriter) {
    let own = carried ?? .empty
    for element in own where !element.hasKey("messageId") && !element.hasKey("dialogId") {
      if element.hasKey("senderId"), element.isNull, stored?.present("senderId") != nil { continue }
      if except.contains(where: element.hasKey) { continue }
      output.append(element)
    }
    guard let record = stored else { return }
    let ownSender = own.present("senderId")
    let ownKeys = Set(own.map(\.keyBytes))
    for element in record {
      if ["_id", "__v", "tenantId", "messageId", "dialogId"].contains(where: element.hasKey) { continue }
      if except.contains(where: element.hasKey) { continue }
      if let storedKeys, !storedKeys.contains(where: element.hasKey) { continue }
      if element.hasKey("senderId") ? ownSender != nil : ownKeys.contains(element.keyBytes) { continue }
      output.append(element)
    }
  }
}
