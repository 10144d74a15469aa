package import Pipeline

/// A look-up that must be led by an index (spec section 2).
package struct IndexNeed: Sendable {
  package let collection: RecordCollection
  /// The fields that the look-up compares for equality. Their order does not matter.
  package let equal: Set<String>
  /// The fields without which an index would still leave too much to read.
  let telling: Set<String>
  /// The field by which the look-up goes on, in order, after the others.
  package private(set) var range: String?
  /// The index to make, as `createIndex` takes it.
  let definition: String
  package private(set) var isOfUnpublished = false
  /// What the worker makes for it at its start; `nil` when that is left to the API.
  private(set) var own: (name: String, fields: [String])?

  package static let all = ofState + ofUpdates + ofEvents

  /// Those of the API's collections.
  static let ofState = [
    IndexNeed(
      collection: .dialogmembers, equal: ["tenantId", "dialogId"], telling: ["dialogId"],
      definition: "{ dialogId: 1, tenantId: 1 }"),
    IndexNeed(
      collection: .dialogmembers, equal: ["tenantId", "userId"], telling: ["userId"],
      definition: "{ userId: 1, tenantId: 1 }"),
    IndexNeed(
      collection: .users, equal: ["tenantId", "userId"], telling: ["userId"],
      definition: "{ userId: 1, tenantId: 1 }"),
    IndexNeed(
      collection: .messages, equal: ["tenantId", "messageId"], telling: ["messageId"],
      definition: "{ messageId: 1 }"),
    IndexNeed(
      collection: .messages, equal: ["tenantId", "dialogId"], telling: ["dialogId"], range: "createdAt",
      definition: "{ tenantId: 1, dialogId: 1, createdAt: 1 }"),
    IndexNeed(
      collection: .messagestatuses, equal: ["tenantId", "messageId"], telling: ["messageId"],
      definition: "{ tenantId: 1, messageId: 1 }"),
    IndexNeed(
      collection: .metas, equal: ["tenantId", "entityType", "entityId"], telling: ["entityId"],
      definition: "{ tenantId: 1, entityType: 1, entityId: 1, key: 1 }"),
  ]

  /// Those of `updates`, which the worker makes itself.
  static let ofUpdates = [
    IndexNeed(
      collection: .updates, equal: ["tenantId", "userId"], telling: ["userId"], range: "createdAt",
      definition: "{ tenantId: 1, userId: 1, createdAt: 1 }",
      own: ("tenantId_1_userId_1_createdAt_1", ["tenantId", "userId", "createdAt"])),
    IndexNeed(
      collection: .updates, equal: ["tenantId", "eventId"], telling: ["eventId"],
      definition: "{ tenantId: 1, eventId: 1 }", own: ("tenantId_1_eventId_1", ["tenantId", "eventId"])),
    IndexNeed(
      collection: .updates, equal: ["published"], telling: [], range: "createdAt",
      definition: "{ createdAt: 1 }, { partialFilterExpression: { published: false } }",
      isOfUnpublished: true, own: ("unpublished_createdAt_1", ["createdAt"])),
  ]

  /// That of `events`, for the operator's commands.
  static let ofEvents = [
    IndexNeed(
      collection: .events, equal: [], telling: [], range: "createdAt", definition: "{ createdAt: 1, _id: 1 }")
  ]

  /// Whether an index leads the look-up to its records.
  func isMet(by index: DatabaseIndex) -> Bool {
    if index.isOfUnpublished {
      guard isOfUnpublished else { return false }
    } else if index.isPartial {
      return false
    }
    let leading = index.fields.prefix { equal.contains($0) }
    let next = index.fields.dropFirst(leading.count).first
    if index.isOfUnpublished { return next == range }
    guard telling.isSubset(of: leading) else { return false }
    return range.map { $0 == next && equal.isSubset(of: leading) } ?? true
  }

  /// Whether the server would refuse to make the worker's own index because of this one: it has the same fields under
  /// another name, or the same name and other fields.
  func isRefused(becauseOf index: DatabaseIndex) -> Bool {
    guard let own, let name = index.name else { return false }
    let isSame =
      index.fields == own.fields && index.isPartial == isOfUnpublished
      && index.isOfUnpublished == isOfUnpublished
    return isSame != (name == own.name)
  }
}
