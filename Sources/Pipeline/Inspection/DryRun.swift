package import BSON
package import Updates

/// An event once more against the present state, compared with what is stored of it. Nothing is stored or sent.
package struct DryRun: Sendable {
  /// How an update that would be made relates to the stored one of the same `_id`.
  package enum Verdict: Sendable {
    /// It would be made again as it is stored.
    case same
    /// It would be made with other values in these fields. The first value of each is the stored one.
    case differs([BSONDifference])
    /// It would be made, and is not stored.
    case missing
    /// It is stored, and would not be made.
    case unexpected

    /// The name of the verdict, as JSON has it.
    package var name: String {
      switch self {
      case .same: "same"
      case .differs: "differs"
      case .missing: "missing"
      case .unexpected: "unexpected"
      }
    }
  }

  /// One update.
  package struct Line: Sendable {
    package let id: ObjectId
    package let userId: Identifier
    /// The name of the update type; `?` for an event type that makes no updates.
    package let type: String
    package let verdict: Verdict
  }

  /// How many stored updates are compared, at most.
  package static let mostUpdates = 2000
  /// How many differences of one update are told, at most.
  private static let mostDifferences = 100
  /// What says when an update was made and sent, and is another each time.
  private static let passing: [UpdateField] = [.published, .publishedAt, .createdAt]

  /// The event, as it was handed in.
  package let content: Delivery.Content
  package let explanation: EventExplanation
  /// Those that would be made, in their order, then the unexpected ones.
  package private(set) var lines: [Line] = []
  /// Whether there are more updates than were compared. Then nothing is called missing or unexpected.
  package let isCut: Bool

  /// Takes an event that is stored, archived or handed in once more through the stations.
  package init(
    of content: Delivery.Content, in store: any Directory & MembershipCatalog & UpdateCatalog,
    mostMembers: Int = EventExplainer.mostMembers
  ) async throws {
    self.content = content
    let explainer = EventExplainer(store, mostMembers: mostMembers)
    var stored: (updates: [StoredUpdate], areAll: Bool) = ([], true)
    if let eventKey = EventIntake.decode(Delivery(content: content, tag: 0)).eventKey {
      stored = try await Self.stored(of: eventKey, in: store)
    }
    explanation = try await explainer.explain(content, and: stored.updates.map(\.userId))
    isCut = explanation.hasMoreMembers || stored.updates.count >= Self.mostUpdates || !stored.areAll
    compare(stored.updates)
  }

  /// In the order in which they were stored, and whether the search for them came to its end.
  private static func stored(
    of event: EventKey, in store: any UpdateCatalog
  ) async throws -> (updates: [StoredUpdate], areAll: Bool) {
    var query = UpdateQuery()
    query.tenantId = event.tenantId.string
    query.eventId = event.eventId
    query.limit = mostUpdates
    let page = try await store.page(of: query, patience: .seconds(2))
    return (page.updates.reversed(), page.searched.isComplete)
  }

  private mutating func compare(_ stored: [StoredUpdate]) {
    var rest = Dictionary(stored.map { ($0.id, $0) }) { first, _ in first }
    for update in explanation.updates {
      let verdict: Verdict
      if let earlier = rest.removeValue(forKey: update.id) {
        let differences = Self.lasting(earlier.document).differences(
          from: Self.lasting(update.document()), limit: Self.mostDifferences)
        verdict = differences.isEmpty ? .same : .differs(differences)
      } else if isCut {
        continue
      } else {
        verdict = .missing
      }
      lines.append(
        Line(
          id: update.id, userId: update.userId, type: update.content.updateType.rawValue, verdict: verdict))
    }
    if isCut { return }
    for update in stored where rest[update.id] != nil {
      lines.append(
        Line(
          id: update.id, userId: update.userId, type: update.type?.rawValue ?? "?", verdict: .unexpected))
    }
  }

  /// An update without what is another each time it is made.
  private static func lasting(_ document: BSONDocument) -> BSONDocument {
    var output = BSONWriter(capacity: document.bytes.count)
    for element in document where !passing.contains(where: { element.hasKey($0.rawValue) }) {
      output.append(element)
    }
    return output.finish()
  }

  /// How many lines have this verdict, by its name.
  package func count(_ verdict: String) -> Int { lines.count { $0.verdict.name == verdict } }

  /// The comparison as one JSON object.
  package var document: BSONDocument {
    var output = BSONWriter()
    output.append("by", "the state as it is now")
    for name in ["same", "differs", "missing", "unexpected"] { output.append(name, Int64(count(name))) }
    output.append("isCut", isCut)
    output.append("updates", documents: lines.map(\.document))
    return output.finish()
  }
}

extension DryRun.Line {
  fileprivate var document: BSONDocument {
    var output = BSONWriter()
    output.append("_id", id)
    output.append("userId", userId.string)
    output.append("type", type)
    output.append("verdict", verdict.name)
    if case .differs(let differences) = verdict {
      output.append("differences", documents: differences.map(\.document))
    }
    return output.finish()
  }
}

extension BSONDifference {
  /// `{"path": …, "stored": …, "made": …}`; a field that one of them does not have is left out.
  fileprivate var document: BSONDocument {
    var output = BSONWriter()
    output.append("path", path)
    if let first { output.append("stored", valueOf: first) }
    if let second { output.append("made", valueOf: second) }
    return output.finish()
  }
}
