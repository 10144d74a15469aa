import BSON

/// The `typing` section (spec section 3.1).
struct TypingSection: SharedSection {
  static var section: Rule.Section { .typing }

  /// `expiresInMs` when the event does not have it, in milliseconds.
  private static let lifetime: Int64 = 5000

  let event: Event
  let typist: Identifier

  func document(state: EventState, profiles: Profiles) throws(BadEvent) -> BSONDocument {
    let source = event.carriesTyping ? event.typing : nil
    let fields = source ?? event.data
    var output = BSONWriter()
    output.append("userId", typist.string)
    if let lifetime = fields.present("expiresInMs") {
      output.append(lifetime)
    } else {
      output.append("expiresInMs", Self.lifetime)
    }
    output.append("timestamp", valueOf: fields.present("timestamp") ?? event.createdAt)
    output.append("userInfo", valueOf: source?.present("userInfo"))
    if let source {
      let known = ["userId", "expiresInMs", "timestamp", "userInfo"]
      for element in source where !known.contains(where: element.hasKey) { output.append(element) }
    }
    return output.finish()
  }
}
