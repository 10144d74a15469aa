extension Plan {
  /// `{userId, name, createdAt, meta}` of the sender; `null` if nothing is known of them.
  func senderInfo(_ senderId: ExactString?) -> JSON {
    guard let senderId else { return .null }
    let record = state.user(senderId, tenant: event.tenantId)
    let meta = state.meta("user", senderId, tenant: event.tenantId)
    if record == nil && meta.isEmpty { return .null }
    return [
      "userId": .string(senderId),
      "name": record?["name"] ?? .null,
      "createdAt": record?["createdAt"] ?? .null,
      "meta": .object(meta),
    ]
  }
}
