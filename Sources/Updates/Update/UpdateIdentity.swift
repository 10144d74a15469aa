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
      withUnsafeBytes(of: UInt32(text.utf8.count).bigEndian) { input.append(contentsOf: $0) }
      input.append(contentsOf: text.utf8)
    }
    append(tenantId.string)
    eventId.append(to: &input)
    append(userId.string)
    append(type.rawValue)
    var id = eventId.bytes
    id.replaceSubrange(3..., with: SHA256.hash(input)[..<9])
    return ObjectId(bytes: id[...]) ?? eventId
  }
}
