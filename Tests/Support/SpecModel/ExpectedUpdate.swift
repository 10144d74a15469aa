/// An update that the worker must make (§4), without the fields that vary.
package struct ExpectedUpdate: Sendable {
  package let tenantId: ExactString
  package let userId: ExactString
  /// dialogId, messageId or userId, by the update type.
  package let entityId: ExactString
  /// The identity of the source event: 24 hex digits in lower case.
  package let eventId: ExactString
  /// The source event's type, or `user.stats.update`.
  package let eventType: String
  /// `DialogUpdate`, `MessageUpdate`, …
  package let updateType: String
  package let data: JSON
  /// The key of §5.
  package let routingKey: ExactString

  /// The fields of the expected files: all except `_id`, `createdAt`, `published` and `publishedAt`. The
  /// update type is only in the routing key.
  package var json: JSON {
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
  package var identity: [ExactString] {
    [tenantId, eventId, userId, ExactString(updateType)]
  }
}
