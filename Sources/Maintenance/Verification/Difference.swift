import Pipeline
package import BSON
package import Updates

/// Something that a verification found not to be as it should be.
package struct Difference: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    /// An update that is due is not stored.
    case missing
    /// A stored update was never confirmed by the broker.
    case unpublished
    /// A stored update differs from what its event says.
    case content
    /// A stored update is not one that its event makes for this user.
    case unexpected
    /// An update is stored more than once.
    case duplicate
    /// The last statistics that a user got do not match their memberships.
    case statistics
  }

  package let kind: Kind
  package let tenantId: Identifier
  /// The recipient.
  package let userId: Identifier
  package let eventId: ObjectId
  /// `eventType` of the update.
  package let eventType: String
  /// The `_id` of the update; of a missing one, the `_id` that it would have.
  package let updateId: ObjectId?
  /// More about the difference, in words; may be empty.
  package let detail: String

  /// The difference as one JSON object.
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
