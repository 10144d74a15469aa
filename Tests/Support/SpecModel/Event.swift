/// An event of a type that makes updates (§1).
struct Event {
  let identity: ExactString
  let tenantId: ExactString
  let type: EventType
  /// All top-level fields.
  let fields: Fields
  /// The sections. Empty if `data` is not an object.
  let data: Fields

  init(_ fields: Fields, identity: ExactString, type: EventType) throws(BadLine) {
    guard let tenantId = try fields.id("tenantId") else { throw BadLine("no tenantId") }
    self.identity = identity
    self.tenantId = tenantId
    self.type = type
    self.fields = fields
    self.data = fields.section("data") ?? [:]
    try checkIds()
  }

  /// A section of `data`; `nil` if it is absent or not an object.
  func section(_ name: ExactString) -> Fields? {
    data.section(name)
  }

  /// When the event was made; `null` if it does not say.
  var createdAt: JSON {
    fields["createdAt"] ?? .null
  }

  /// The `entityId`, for the rules that fall back to it.
  func entityId() throws(BadLine) -> ExactString? {
    try fields.id("entityId")
  }

  /// The `actorId`, for the rule that falls back to it.
  func actorId() throws(BadLine) -> ExactString? {
    try fields.id("actorId")
  }

  /// Whether `entityType` is one of these.
  func isAbout(_ entityTypes: ExactString...) -> Bool {
    guard let entityType = fields["entityType"]?.string else { return false }
    return entityTypes.contains(entityType)
  }

  /// The ids of §1, which are checked wherever they are, whether they are used or not.
  private func checkIds() throws(BadLine) {
    _ = try data.id("userId")
    let places: [(section: ExactString, key: ExactString)] = [
      ("context", "dialogId"), ("context", "messageId"), ("dialog", "dialogId"),
      ("member", "userId"), ("message", "messageId"), ("message", "dialogId"),
      ("message", "senderId"), ("typing", "userId"), ("user", "userId"),
    ]
    for place in places {
      _ = try section(place.section)?.id(place.key)
    }
  }
}
