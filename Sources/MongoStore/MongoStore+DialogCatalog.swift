import BSON
package import Pipeline
package import Updates

extension MongoStore: DialogCatalog {
  /// Members through whose updates the events are found, at most.
  private static let mostWitnesses = 5

  // No index leads to the updates of a dialog, but one leads to those of its members, and nearly every event of a
  // dialog makes an update for all of them.
  package func latestEvents(
    of dialog: EntityKey, seenBy members: [Identifier], limit: Int, patience: Duration
  ) async throws -> DialogEvents {
    let end = ContinuousClock.now + patience
    let witnesses: [Identifier?] = members.isEmpty ? [nil] : Array(members.prefix(Self.mostWitnesses))
    var newest: [ObjectId: StoredUpdate] = [:]
    var searched = SearchedSpan(from: nil, to: nil, isComplete: true)
    for (index, witness) in witnesses.enumerated() {
      var query = UpdateQuery()
      query.tenantId = dialog.tenantId.string
      query.dialogId = dialog.id.string
      query.userId = witness?.string
      query.limit = limit
      let share = max(.milliseconds(1), end - ContinuousClock.now) / (witnesses.count - index)
      let page = try await self.page(of: query, patience: share)
      // Only as far as all of the searches went is the list of events one without gaps.
      searched.from = [searched.from, page.next?.createdAt].compactMap { $0 }.max()
      searched.isComplete = searched.isComplete && page.searched.isComplete
      searched.isLed = page.searched.isLed
      for update in page.updates {
        let known = newest[update.eventId]
        if known.map({ $0.createdAt < update.createdAt }) ?? true { newest[update.eventId] = update }
      }
    }
    let last = newest.values.filter { $0.createdAt >= searched.from ?? -.infinity }
      .sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }.prefix(limit)
    var events: [DialogEvent] = []
    for update in last { events.append(try await event(of: update)) }
    if events.count == limit { searched.from = events.last?.createdAt }
    return DialogEvents(
      events, searched: searched, seenBy: members.isEmpty ? nil : witnesses.compactMap { $0 })
  }

  /// The event of this update, with its updates counted.
  private func event(of update: StoredUpdate) async throws -> DialogEvent {
    let filter = BSONDocument.filter(tenant: update.tenantId) {
      $0.append("eventId", anyOf: [update.eventId])
    }
    let find = Find(
      Self.updates, filter: filter, fields: ["published"], limit: DialogEvent.mostCounted, batchSize: 5000)
    return try await connections.run { client in
      var (count, unpublished) = (0, 0)
      try client.forEach(find) { record in
        count += 1
        if !StoredUpdate.isPublished(record) { unpublished += 1 }
      }
      return DialogEvent(
        eventId: update.eventId, eventType: update.eventType, createdAt: update.createdAt, updates: count,
        unpublished: unpublished)
    }
  }
}
