import BSON
import Crypto

/// The rule that makes `_id` of an update (spec section 4): the first two bytes of the event's identity, then the
/// first ten of SHA-256 over tenant, event, recipient and update type, each with its length before it.
///
/// 80 bits of a cryptographic hash leave no room for chance; the two leading bytes are the high half of the
/// time in an ObjectId, so that updates of the same hours lie together in the index on `_id`
/// (docs/decisions/0003-update-identity.md).
public enum UpdateIdentity {
  /// The `_id` of the update that this event means for this recipient.
  public static func id(
    tenantId: Identifier, eventId: ObjectId, userId: Identifier, type: UpdateType
  ) -> ObjectId {
    var input: [UInt8] = []
    input.reserveCapacity(96)
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
    let bytes = eventId.bytes.prefix(2) + SHA256.hash(data: input).prefix(10)
    return ObjectId(bytes: bytes) ?? eventId
  }
}
