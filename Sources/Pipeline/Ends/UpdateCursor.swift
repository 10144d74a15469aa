package import BSON
package import Updates

/// A place in a listing that goes from the newest update to the oldest. What follows it was made earlier, or at
/// the same time with a smaller `_id`.
package struct UpdateCursor: Sendable, Hashable, CustomStringConvertible {
  /// In milliseconds since 1970.
  package let createdAt: Double
  package let id: ObjectId

  package init(createdAt: Double, id: ObjectId) {
    self.createdAt = createdAt
    self.id = id
  }

  /// The place of this update.
  package init(_ update: StoredUpdate) {
    self.init(createdAt: update.createdAt, id: update.id)
  }

  /// The place that only updates made before `time` follow; `time` is in milliseconds since 1970.
  package static func before(_ time: Double) -> UpdateCursor {
    UpdateCursor(createdAt: time, id: .least)
  }

  /// Reads what ``description`` has written; `nil` for anything else.
  package init?(_ text: String) {
    guard let dash = text.lastIndex(of: "-"), let id = ObjectId(String(text[text.index(after: dash)...])),
      let createdAt = Double(text[..<dash]), createdAt.isFinite
    else { return nil }
    self.init(createdAt: createdAt, id: id)
  }

  /// Whether the update follows this place.
  package func precedes(_ update: StoredUpdate) -> Bool {
    (update.createdAt, update.id) < (createdAt, id)
  }

  /// Whether this place comes after another one in the listing, so that fewer updates follow it.
  package func comes(after other: UpdateCursor) -> Bool {
    (createdAt, id) < (other.createdAt, other.id)
  }

  /// As `next` in the inspector's JSON has it: `1763551369397.6482-6925a0dad2c17786f0c66f2b`.
  package var description: String { "\(createdAt)-\(id)" }
}
