/// An update that the worker must make (§4), without the fields that vary.
public struct ExpectedUpdate: Sendable {
  /// The tenant.
  public let tenantId: ExactString
  /// The recipient.
  public let userId: ExactString
  /// dialogId, messageId or userId, by the update type.
  public let entityId: ExactString
  /// The identity of the source event: 24 hex digits in lower case.
  public let eventId: ExactString
  /// The source event's type, or `user.stats.update`.
  public let eventType: String
  /// `DialogUpdate`, `MessageUpdate`, …
  public let updateType: String
  /// The sections.
  public let data: JSON
  /// The key of §5.
  public let routingKey: ExactString

  /// The fields of the examples' expected files: all but `_id`, `createdAt`, `published`,
  /// `publishedAt`; the update type is in the routing key only.
  public var json: JSON {
    [
      "tenantId": .string(tenantId),
      "userId": .string(userId),
      "entityId": .string(entityId),
      "eventId": .string(eventId),
      "eventType": .string(eventType),
      "data": data,
      "routingKey": .string(routingKey),
    ]
  }

  /// What the deterministic `_id` is made of.
  public var identity: [ExactString] {
    [tenantId, eventId, userId, ExactString(updateType)]
  }
}
