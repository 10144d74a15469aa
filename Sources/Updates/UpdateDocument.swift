import BSON

/// The parts of an update's document (spec section 4), in its fields' order.
public struct UpdateDocument {
  let id: ObjectId
  let tenantId: String
  let userId: String
  let entityId: String
  let eventId: ObjectId
  let eventType: String
  let leading: BSONDocument
  let member: BSONDocument?
  let trailing: BSONDocument
  let routingKey: String
  let publishedAt: Double?
  let createdAt: Double

  /// Takes the parts; `data` is `leading`, then `member`, then `trailing`. With `publishedAt` (milliseconds since
  /// 1970) the update is a published one.
  public init(
    id: ObjectId, tenantId: String, userId: String, entityId: String, eventId: ObjectId, eventType: String,
    leading: BSONDocument, member: BSONDocument?, trailing: BSONDocument, routingKey: String,
    publishedAt: Double?, createdAt: Double
  ) {
    self.id = id
    self.tenantId = tenantId
    self.userId = userId
    self.entityId = entityId
    self.eventId = eventId
    self.eventType = eventType
    self.leading = leading
    self.member = member
    self.trailing = trailing
    self.routingKey = routingKey
    self.publishedAt = publishedAt
    self.createdAt = createdAt
  }

  /// The document.
  public func encoded() -> BSONDocument {
    var output = BSONWriter(
      capacity: leading.bytes.count + trailing.bytes.count + (member?.bytes.count ?? 0) + 512)
    output.append("_id", id)
    output.append("tenantId", tenantId)
    output.append("userId", userId)
    output.append("entityId", entityId)
    output.append("eventId", eventId)
    output.append("eventType", eventType)
    output.open("data")
    output.append(elementsOf: leading)
    if let member { output.append("member", member) }
    output.append(elementsOf: trailing)
    output.close()
    output.append("routingKey", routingKey)
    output.append("published", publishedAt != nil)
    if let publishedAt { output.append("publishedAt", publishedAt) } else { output.appendNull("publishedAt") }
    output.append("createdAt", createdAt)
    return output.finish()
  }
}
