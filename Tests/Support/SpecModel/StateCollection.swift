/// The collections that state lines may change (§2).
enum StateCollection: String, CaseIterable {
  case users, dialogs, dialogmembers, messages, messagestatuses, metas, events

  init?(named name: ExactString) {
    let found = StateCollection.allCases.first { ExactString($0.rawValue) == name }
    guard let found else { return nil }
    self = found
  }

  /// The key fields of a record; a record without its key is bad (§9).
  func key(of record: Fields) throws(BadLine) -> Fields {
    switch self {
    case .users: return try ids(["tenantId", "userId"], of: record)
    case .dialogs: return try ids(["tenantId", "dialogId"], of: record)
    case .dialogmembers: return try ids(["tenantId", "dialogId", "userId"], of: record)
    case .messages: return try ids(["tenantId", "messageId"], of: record)
    case .messagestatuses: return try ids(["tenantId", "messageId", "userId"], of: record)
    case .metas: return try metaKey(of: record)
    case .events:
      guard let id = record["_id"], let hex = ObjectIdHex.read(id) else {
        throw BadLine("an events record without _id")
      }
      return ["_id": .string(hex)]
    }
  }

  private func ids(_ names: [ExactString], of record: Fields) throws(BadLine) -> Fields {
    var key = Fields()
    for name in names {
      guard let id = try record.id(name) else { throw BadLine("a \(rawValue) record: no \(name)") }
      key[name] = .string(id)
    }
    return key
  }

  /// An id; for a membership, two ids joined by a colon.
  private func entityId(of record: Fields) throws(BadLine) -> ExactString {
    guard let id = record["entityId"]?.string, !id.text.isEmpty, !id.text.utf8.contains(0),
      id.text.utf8.count <= 511
    else { throw BadLine("a metas record without entityId") }
    return id
  }

  private func metaKey(of record: Fields) throws(BadLine) -> Fields {
    var key = try ids(["tenantId", "entityType"], of: record)
    key["entityId"] = .string(try entityId(of: record))
    let entityTypes: [JSON] = ["user", "dialog", "message", "dialogMember"]
    guard let entityType = key["entityType"], entityTypes.contains(entityType) else {
      throw BadLine("a metas record of an unknown entityType")
    }
    guard let name = record["key"]?.string, !name.text.utf8.contains(0) else {
      throw BadLine("a metas record without key")
    }
    key["key"] = .string(name)
    return key
  }
}
