import BSON
import Pipeline
import Updates

/// What leads to the updates that match a query, and the conditions that it leads by.
struct UpdateLead: Sendable {
  enum Kind: Sendable {
    /// The index on tenant and event. The updates of one event are sorted after they were found.
    case event
    /// An index whose last field is `createdAt`.
    case time
    /// No index: the server looks at all updates.
    case nothing
  }

  let kind: Kind
  /// The conditions on the fields of the index before `createdAt`.
  let conditions: BSONDocument
  /// Whether the updates that the index leads to have to meet more conditions.
  let isPartial: Bool
  /// All conditions of the query but those on the time.
  let filter: BSONDocument

  /// - Parameters:
  ///   - tenants: The tenants that may have matching updates; `nil` when they are not known.
  ///   - hasTimeIndex: Whether there is an index on `createdAt` of all updates.
  init(_ query: UpdateQuery, tenants: [String]?, hasTimeIndex: Bool) {
    var filter = BSONWriter()
    if let tenants { filter.append("tenantId", anyOfTexts: tenants) }
    if let userId = query.userId { filter.append("userId", userId) }
    if query.userId != nil, query.eventId == nil, tenants != nil {
      conditions = filter.copy()
    } else {
      var conditions = BSONWriter()
      if query.onlyUnpublished { conditions.append("published", false) }
      self.conditions = conditions.finish()
    }
    if let dialogId = query.dialogId { filter.append("data.dialog.dialogId", dialogId) }
    if let eventId = query.eventId { filter.append("eventId", anyOf: [eventId]) }
    if !query.eventTypes.isEmpty { filter.append("eventType", anyOfTexts: query.eventTypes) }
    if query.onlyUnpublished { filter.append("published", false) }
    if query.onlyPublished { filter.append("published", true) }
    filter.append(query, hasTenants: tenants != nil)
    self.filter = filter.finish()
    let isNarrow =
      query.dialogId == nil && query.eventTypes.isEmpty && !query.onlyPublished && query.excluded.isEmpty
    if query.eventId != nil, tenants != nil {
      (kind, isPartial) = (.event, false)
    } else if query.userId != nil, tenants != nil {
      (kind, isPartial) = (.time, !isNarrow || query.onlyUnpublished)
    } else if query.onlyUnpublished || hasTimeIndex {
      kind = .time
      isPartial = !isNarrow || query.tenantId != nil || query.userId != nil || query.eventId != nil
    } else {
      (kind, isPartial) = (.nothing, true)
    }
  }
}

extension BSONWriter {
  fileprivate func copy() -> BSONDocument {
    let copy = self
    return copy.finish()
  }

  /// What must not match. Of a field that has to equal something, nothing else needs to be said.
  fileprivate mutating func append(_ query: UpdateQuery, hasTenants: Bool) {
    let excluded = query.excluded
    func exclude(_ field: String, _ values: [String], unless isNamed: Bool) {
      if values.isEmpty || isNamed { return }
      open(field)
      append("$nin", strings: values)
      close()
    }
    exclude("tenantId", excluded.tenantIds, unless: hasTenants)
    exclude("userId", excluded.userIds, unless: query.userId != nil)
    exclude("data.dialog.dialogId", excluded.dialogIds, unless: query.dialogId != nil)
    exclude("eventType", excluded.eventTypes, unless: !query.eventTypes.isEmpty)
    guard !excluded.eventIds.isEmpty, query.eventId == nil else { return }
    open("eventId")
    open("$nin", as: .array)
    for (index, id) in excluded.eventIds.enumerated() { append(String(index), id) }
    close()
    close()
  }

  /// The field equals one of these texts, which are always sent as strings, whatever they look like.
  mutating func append(_ field: String, anyOfTexts texts: [String]) {
    if texts.count == 1 { return append(field, texts[0]) }
    open(field)
    append("$in", strings: texts)
    close()
  }

  /// `createdAt` is at least `since` and not after the cursor's. That leaves some updates of exactly the cursor's time
  /// to be skipped (``UpdateCursor/precedes(_:)``): a condition on `_id` as well would need `$or`, which keeps some
  /// planners from the index.
  mutating func append(since: Double?, cursor: UpdateCursor?) {
    guard since != nil || cursor != nil else { return }
    open("createdAt")
    if let since { append("$gte", since) }
    if let cursor { append(cursor.id == .least ? "$lt" : "$lte", cursor.createdAt) }
    close()
  }
}

extension BSONDocument {
  /// These conditions and those on the time.
  func and(since: Double?, cursor: UpdateCursor?) -> BSONDocument {
    var filter = BSONWriter(capacity: bytes.count + 160)
    filter.append(elementsOf: self)
    filter.append(since: since, cursor: cursor)
    return filter.finish()
  }
}

extension MongoStore {
  /// Where a query names no tenant, one look-up for each tenant is made, for so many of them.
  private static let mostTenants = 200

  /// Finds out what leads to the updates that match.
  func lead(of query: UpdateQuery) async throws -> UpdateLead {
    var tenants = query.tenantId.map { [$0] }
    if tenants == nil, query.eventId != nil || query.userId != nil { tenants = try await allTenants() }
    tenants?.removeAll { query.tenantId == nil && query.excluded.tenantIds.contains($0) }
    return UpdateLead(query, tenants: tenants, hasTimeIndex: try await hasTimeIndex())
  }

  /// The tenants that have updates; `nil` when they are too many.
  private func allTenants() async throws -> [String]? {
    try await connections.run { client in
      var tenants: [String] = []
      var last: Identifier?
      while let next = try client.nextTenant(after: last) {
        if tenants.count == Self.mostTenants { return nil }
        tenants.append(next.string)
        last = next
      }
      return tenants
    }
  }

  /// Whether there is an index of all updates that begins with `createdAt`. The worker makes none; whoever runs the
  /// installation may have.
  func hasTimeIndex() async throws -> Bool {
    return try await connections.run { client in
      var command = BSONWriter()
      command.append("listIndexes", client.name(of: .updates))
      let listIndexes = command.finish()
      do {
        let answer = try client.run(listIndexes)
        return answer.document("cursor")?["firstBatch"]?.array?.contains { element in
          guard let index = element.document, let first = index.document("key")?.first(where: { _ in true })
          else { return false }
          return first.hasKey("createdAt") && index["partialFilterExpression"] == nil
            && index["sparse"] == nil
        } ?? false
      } catch let error as MongoStoreError where error.serverCode == 26 || error.code == .unauthorized {
        // There is no collection yet, or the user may not ask.
        return false
      }
    }
  }
}
