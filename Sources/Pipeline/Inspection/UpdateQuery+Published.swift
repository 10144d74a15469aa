package import Updates

// What a query asks for, of updates that were not read from a store.
extension UpdateQuery {
  /// Whether the update meets all conditions but those of time and place in a listing.
  package func matches(_ update: StoredUpdate) -> Bool {
    if onlyUnpublished && update.isPublished || onlyPublished && !update.isPublished { return false }
    let dialogId = update.dialogId
    return isSame(tenantId, update.tenantId.string) && isSame(userId, update.userId.string)
      && isSame(self.dialogId, dialogId) && (eventId == nil || eventId == update.eventId)
      && (eventTypes.isEmpty || eventTypes.contains(update.eventType))
      && !excluded.tenantIds.contains { isSame($0, update.tenantId.string) }
      && !excluded.userIds.contains { isSame($0, update.userId.string) }
      && !excluded.dialogIds.contains { isSame($0, dialogId) }
      && !excluded.eventIds.contains(update.eventId) && !excluded.eventTypes.contains(update.eventType)
  }

  /// Ids compare by their bytes.
  private func isSame(_ wanted: String?, _ value: String?) -> Bool {
    guard let wanted else { return true }
    return value.map { Identifier($0) == Identifier(wanted) } ?? false
  }

  /// The keys by which a queue on the exchange of the updates has to be bound to get all messages that can match, and as
  /// few others as routing keys allow; empty when none can match.
  package var bindingKeys: Set<String> {
    // A message tells that its update is published.
    if onlyUnpublished { return [] }
    let types = Set(eventTypes.compactMap(UpdateType.init(eventType:)))
    let names = types.isEmpty ? ["*"] : types.map(\.routingName)
    guard let userId else { return types.isEmpty ? ["update.#"] : Set(names.map { "update.#.\($0)" }) }
    // Not update.*.*.: the type of a user may have a dot in it, too.
    let keys = names.map { "update.#.\(userId).\($0)" }
    return keys.allSatisfy { $0.utf8.count <= UpdateType.longestRoutingKey } ? Set(keys) : ["update.#"]
  }
}
