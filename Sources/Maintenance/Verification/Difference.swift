import Pipeline
package import BSON
package import Updates

/// Something that is not as it should be, found by a verification.
package struct Difference: Sendable, Equatable {
  /// What kind of thing.
  package enum Kind: String, Sendable, CaseIterable {
    /// An update that is due is not stored.
    case missing
    /// A stored update was never confirmed by the broker.
    case unpublished
    /// A stored update holds something else than its event says.
    case content
    /// A stored update is one that its event does not make for this user.
    case unexpected
    /// An update is stored more than once.
    case duplicate
    /// The last statistics that a user got are not those of his memberships.
    case statistics
  }

  /// What kind.
  package let kind: Kind
  /// The tenant.
  package let tenantId: Identifier
  /// The recipient.
  package let userId: Identifier
  /// The event.
  package let eventId: ObjectId
  /// `eventType` of the update.
  package let eventType: String
  /// `_id` of the update, or what it would be.
  package let updateId: ObjectId?
  /// More, in words.
  package let detail: String

  /// One JSON object.
  package var json: [UInt8] {
    var output = BSONWriter()
    output.append("difference", kind.rawValue)
    output.append("tenantId", tenantId.string)
    output.append("userId", userId.string)
    output.append("eventId", eventId)
    output.append("eventType", eventType)
    if let updateId { output.append("updateId", updateId) }
    if !detail.isEmpty { output.append("detail", detail) }
    return JSONWriter.text(output.finish())
  }
}
