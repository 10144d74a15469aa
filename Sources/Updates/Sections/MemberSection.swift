import BSON

/// The `member` section (spec section 3.1): the stored record and metas, over which the event's own fields
/// win.
struct MemberSection {
  private static let stateFields = ["unreadCount", "lastSeenAt", "lastMessageAt"]

  let userId: Identifier
  /// The `dialogmembers` record.
  let record: BSONDocument?
  /// The meta object of the membership, `{key: value}`.
  let meta: BSONDocument
  /// `data.member` of the event, if it is about this user.
  let event: BSONDocument?
  /// Whether this is the removed member of `dialog.member.remove`, who is not active any more.
  let isRemoval: Bool

  func document() -> BSONDocument {
    var output = BSONWriter(capacity: 192 + meta.bytes.count + (event?.bytes.count ?? 0))
    output.append("userId", userId.string)
    appendMeta(to: &output)
    appendState(to: &output)
    if let event {
      for element in event
      where !element.hasKey("userId") && !element.hasKey("meta") && !element.hasKey("state") {
        output.append(element)
      }
    }
    return output.finish()
  }

  private func appendMeta(to output: inout BSONWriter) {
    output.open("meta")
    if let own = event?.document("meta") {
      let given = Set(own.filter { !$0.isNull }.map(\.keyBytes))
      let known = Set(meta.map(\.keyBytes))
      for element in meta where !given.contains(element.keyBytes) { output.append(element) }
      for element in own where !element.isNull || !known.contains(element.keyBytes) { output.append(element) }
    } else {
      output.append(elementsOf: meta)
    }
    output.close()
  }

  private func appendState(to output: inout BSONWriter) {
    let own = event?.document("state")
    output.open("state")
    for field in Self.stateFields {
      output.append(field, valueOf: own?.present(field) ?? record?.present(field))
    }
    output.append("isActive", isActive(own))
    if let own {
      for element in own
      where !element.hasKey("isActive") && !Self.stateFields.contains(where: element.hasKey) {
        output.append(element)
      }
    }
    output.close()
  }

  private func isActive(_ own: BSONDocument?) -> Bool {
    if isRemoval { return false }
    return own?["isActive"]?.bool ?? (record?["isActive"]?.bool != false)
  }
}
