import Pipeline
import BSON
import Updates

/// A stored update, whichever program made it.
struct FoundUpdate {
  struct Purpose: Hashable {
    let userId: Identifier
    let eventType: String
  }

  let id: ObjectId
  let event: EventKey
  let userId: Identifier
  let eventType: String

  init?(_ record: BSONDocument) {
    guard let id = record["_id"]?.objectId, let tenantId = record["tenantId"]?.string,
      let eventId = record["eventId"]?.objectId, let userId = record["userId"]?.string,
      let eventType = record["eventType"]?.string
    else { return nil }
    self.id = id
    event = EventKey(tenantId: Identifier(tenantId), eventId: eventId)
    self.userId = Identifier(userId)
    self.eventType = eventType
  }

  var purpose: Purpose { Purpose(userId: userId, eventType: eventType) }

  /// Whether its `_id` is the one that this worker gives to such an update.
  var isOwn: Bool {
    guard let type = UpdateType(eventType: eventType) else { return false }
    return id
      == UpdateIdentity.id(tenantId: event.tenantId, eventId: event.eventId, userId: userId, type: type)
  }
}
