import BSON
package import Pipeline
package import SpecModel
package import Updates

/// Stored values may be nested deeper than an event: a meta of 100 levels is some levels down in an update.
private let deepestUpdate = 220

/// A stored update in the form of the expected files.
package func storedJSON(_ update: StoredUpdate) throws -> JSON {
  try withoutVaryingFields(JSON.parse(JSONWriter.text(update.document), deepest: deepestUpdate))
}

/// A published update in the form of the expected files.
package func publishedJSON(_ message: UpdateMessage) throws -> JSON {
  var body = try withoutVaryingFields(JSON.parse(message.body, deepest: deepestUpdate))
  if case .object(var fields) = body {
    fields["routingKey"] = .string(ExactString(message.routingKey))
    body = .object(fields)
  }
  return body
}

/// An update without `_id`, `createdAt`, `published` and `publishedAt`.
package func withoutVaryingFields(_ update: JSON) -> JSON {
  guard case .object(var fields) = update else { return update }
  for name: ExactString in ["_id", "createdAt", "published", "publishedAt"] { fields[name] = nil }
  return .object(fields)
}

/// The differences between two lists of updates, in words. Updates of the same event and type may be in any
/// order; events and types must be in the same order.
///
/// - Parameter isOrdered: Whether the order of the groups counts.
package func differences(_ actual: [JSON], _ expected: [JSON], isOrdered: Bool = true) -> [String] {
  var found: [String] = []
  var (left, right) = (groups(actual), groups(expected))
  if !isOrdered { (left, right) = (sorted(left), sorted(right)) }
  if left.map(\.name) != right.map(\.name) {
    let index = zip(left, right).prefix { $0.name == $1.name }.count
    found.append(
      "group \(index): \(index < left.count ? left[index].name : "nothing"), expected "
        + (index < right.count ? right[index].name : "nothing"))
  }
  for (mine, theirs) in zip(left, right) where mine.name == theirs.name {
    var rest = theirs.updates
    for update in mine.updates {
      if let index = rest.firstIndex(where: { $0.sameValue(as: update) }) {
        rest.remove(at: index)
      } else {
        found.append("not expected: \(update.text)")
      }
    }
    found += rest.map { "missing: \($0.text)" }
  }
  return found
}

/// One group for each event and event type.
private func sorted(_ groups: [(name: String, updates: [JSON])]) -> [(name: String, updates: [JSON])] {
  Dictionary(grouping: groups, by: \.name).mapValues { $0.flatMap(\.updates) }
    .sorted { $0.key < $1.key }.map { (name: $0.key, updates: $0.value) }
}

/// Consecutive updates of the same event and event type.
private func groups(_ updates: [JSON]) -> [(name: String, updates: [JSON])] {
  var groups: [(name: String, updates: [JSON])] = []
  for update in updates {
    let name = ["tenantId", "eventId", "eventType"].map { update[ExactString($0)]?.text ?? "?" }.joined(
      separator: " ")
    if groups.last?.name == name {
      groups[groups.count - 1].updates.append(update)
    } else {
      groups.append((name, [update]))
    }
  }
  return groups
}
