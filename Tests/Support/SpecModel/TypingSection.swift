extension Plan {
  /// The `typing` section (§3.1): `data.typing`, or else the flat legacy fields.
  func typingSection() throws(BadLine) -> Fields {
    var typing: Fields
    if let given = givenTyping {
      typing = given
    } else {
      typing = [:]
      typing["expiresInMs"] = event.data["expiresInMs"]
      typing["timestamp"] = event.data["timestamp"]
    }
    typing["userId"] = .string(try typistOfEvent())
    typing["expiresInMs"] = typing.present("expiresInMs") ?? 5000
    typing["timestamp"] = typing.present("timestamp") ?? event.createdAt
    typing["userInfo"] = typing["userInfo"] ?? .null
    return typing
  }

  /// Who is typing, from the section or the flat legacy fields, or else the actor.
  func typistOfEvent() throws(BadLine) -> ExactString {
    let named = givenTyping ?? event.data
    if let userId = try named.id("userId") { return userId }
    guard let actorId = try event.actorId() else { throw BadLine("no typing.userId") }
    return actorId
  }

  /// `data.typing` if that is an object that is not empty.
  private var givenTyping: Fields? {
    guard let typing = event.section("typing"), !typing.isEmpty else { return nil }
    return typing
  }
}
