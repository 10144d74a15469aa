import Pipeline
import Updates

/// Makes a query of the terms of a search line.
struct SearchQueryBuilder {
  private let now: Double
  private(set) var query = UpdateQuery()
  /// The fields that say what an update must have, each of which can be said once.
  private var named: Set<SearchField> = []
  private var before: Double?

  init(now: Double) {
    self.now = now
  }

  /// Adds a term; returns what is wrong with it, in a sentence.
  mutating func add(_ term: SearchTerm) -> String? {
    if !term.isNegated, !named.insert(term.field).inserted {
      return "\(term.field.rawValue): stands there twice, and no update can be both; leave one out."
    }
    switch term.field {
    case .tenant: return add(term, \.tenantId, \.tenantIds)
    case .user: return add(term, \.userId, \.userIds)
    case .dialog: return add(term, \.dialogId, \.dialogIds)
    case .event: return addEvent(term)
    case .type, .eventType: return addType(term)
    case .published: return addPublished(term)
    case .after, .before: return addTime(term)
    }
  }

  private mutating func add(
    _ term: SearchTerm, _ one: WritableKeyPath<UpdateQuery, String?>,
    _ others: WritableKeyPath<UpdateQuery.Exclusion, [String]>
  ) -> String? {
    if term.isNegated {
      query.excluded[keyPath: others].append(term.value)
    } else {
      query[keyPath: one] = term.value
    }
    guard let value = query[keyPath: one],
      query.excluded[keyPath: others].contains(where: { isSame($0, value) })
    else { return nil }
    return contradiction(term)
  }

  private mutating func addEvent(_ term: SearchTerm) -> String? {
    guard let id = UpdateQuery.eventId(term.value) else {
      return "\"\(term.value)\" is no event: write 24 hex digits, or evt_ and 32."
    }
    if term.isNegated { query.excluded.eventIds.append(id) } else { query.eventId = id }
    if let id = query.eventId, query.excluded.eventIds.contains(id) { return contradiction(term) }
    return nil
  }

  private mutating func addType(_ term: SearchTerm) -> String? {
    let isName = term.field == .type
    guard let types = UpdateQuery.eventTypes(named: term.value), isName || types == [term.value] else {
      let names = UpdateQuery.typeNames.filter { isName == !$0.contains(".") }
      return "\"\(term.value)\" is none of the types, which are \(names.joined(separator: ", "))."
    }
    if term.isNegated {
      query.excluded.eventTypes += types
    } else {
      let isFirst = query.eventTypes.isEmpty
      query.eventTypes = isFirst ? types : query.eventTypes.filter(types.contains)
      if query.eventTypes.isEmpty { return contradiction(term) }
    }
    guard !query.eventTypes.isEmpty else { return nil }
    let left = query.eventTypes.filter { !query.excluded.eventTypes.contains($0) }
    if left.isEmpty { return contradiction(term) }
    query.eventTypes = left
    return nil
  }

  private mutating func addPublished(_ term: SearchTerm) -> String? {
    guard ["published", "unpublished"].contains(term.value) else {
      return "is: takes published or unpublished, not \"\(term.value)\"."
    }
    if (term.value == "published") != term.isNegated {
      query.onlyPublished = true
    } else {
      query.onlyUnpublished = true
    }
    return query.onlyPublished && query.onlyUnpublished ? contradiction(term) : nil
  }

  private mutating func addTime(_ term: SearchTerm) -> String? {
    let time: Double
    do throws(Moment.Mistake) {
      time = try Moment(term.value).milliseconds(now: now)
    } catch {
      return "\"\(term.value)\" cannot be read: \(error.sentence)."
    }
    if term.field == .after {
      query.since = time
    } else {
      query.cursor = .before(time)
      before = time
    }
    if let since = query.since, let before, since >= before {
      return "after: is not earlier than before:, so that no update can lie between them."
    }
    return nil
  }

  private func contradiction(_ term: SearchTerm) -> String {
    "\(term.text) contradicts another term, so that no update can meet both; leave one out."
  }

  /// Ids compare by their bytes.
  private func isSame(_ left: String, _ right: String) -> Bool { Identifier(left) == Identifier(right) }
}
