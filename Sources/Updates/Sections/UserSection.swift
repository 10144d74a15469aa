import BSON

/// The `user` section of a user event (spec section 3.1).
struct UserSection: SharedSection {
  static var section: Rule.Section { .user }

  /// `data.user` of the event.
  let event: BSONDocument
  let userId: Identifier

  func document(state: EventState, profiles: Profiles) throws(BadEvent) -> BSONDocument {
    if event.present("userId") != nil { return event.withMetaObject() }
    var output = BSONWriter(capacity: event.bytes.count + 64)
    output.append("userId", userId.string)
    for element in event where !element.hasKey("userId") { output.append(element) }
    return output.finish().withMetaObject()
  }
}
