package import BSON
import Support

/// The rule that makes `_id` of an update (spec section 4): the first three bytes of the event's identity,
/// then the first nine of SHA-256 over tenant, event, recipient and update type, each text preceded by its
/// length.
///
/// 72 bits of a cryptographic hash make an accidental collision practically impossible. The leading bytes are
/// the high bytes of the time in an ObjectId, so that updates made at about the same time are neighbours in
/// an index on `_id` (docs/decisions/0003-update-identity.md).
package enum UpdateIdentity {
  /// The `_id` of the update of this type that this event makes for this recipient.
  package static func id(
    tenantId: Identifier, eventId: ObjectId, userId: Identifier, type: UpdateType
  ) -> ObjectId {
    var input: [UInt8] = []
    input.reserveCapacity(128)
    func append(_ text: String) {
      let count = UInt32(text.utf8.count)
      for shift in stride(from: 24, through: 0, by: -8) {
        input.append(UInt8(truncatingIfNeeded: count >> UInt32(shift)))
      }
      input.append(contentsOf: text.utf8)
    }
    append(tenantId.string)
    eventId.append(to: &input)
    append(userId.string)
    append(type.rawValue)
    var id: [UInt8] = []
    id.reserveCapacity(34)
    eventId.append(to: &id)
    id.removeSubrange(3...)
    id.append(contentsOf: SHA256.hash(input))
    return ObjectId(bytes: id[..<12]) ?? eventId
  }
}
