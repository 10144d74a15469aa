package import BSON
package import Updates

/// Why an event makes which updates for whom, by the state as it is now. It is made by the planner itself, so that it
/// says what the planner would do.
package struct EventExplanation: Sendable {
  /// How the planner ends the event.
  package enum Outcome: Sendable, Equatable {
    case planned
    /// Its type makes no updates.
    case ignored
    case bad(BadEvent)
  }

  /// Somebody whom the event concerns, and the updates that it makes for them.
  package struct Person: Sendable {
    package let concerned: Concerned
    package let updates: [Update]
  }

  /// `nil` when the event has no usable identity or tenant.
  package let eventKey: EventKey?
  /// The name of the type; `nil` when the event has none.
  package let eventType: String?
  /// When the event was made, in milliseconds since 1970; `nil` when it does not tell.
  package let createdAt: Double?
  package internal(set) var outcome = Outcome.planned
  /// `nil` when the event was not located.
  package internal(set) var location: Location?
  /// What was looked up, in the order of the steps.
  package internal(set) var lookUps: [LookUp] = []
  /// Those whom the event itself concerns, then the members of the dialog in the order of their ids.
  package internal(set) var people: [Person] = []
  /// Whether the dialog has more members than were looked at.
  package internal(set) var hasMoreMembers = false

  init(_ header: EventHeader?) {
    eventKey = header?.key
    eventType = header?.typeName
    createdAt = header?.document["createdAt"]?.number
  }

  /// The row of the table that decides; `nil` for an event that makes no updates.
  package var rule: Rule? { eventType.flatMap(EventType.init(rawValue:))?.rule }

  /// All updates that the event makes for ``people``.
  package var updates: [Update] { people.flatMap(\.updates) }

  /// The number of updates by type, in the order of the types.
  package var counts: [(type: UpdateType, count: Int)] {
    let made = updates
    return UpdateType.allCases.compactMap { type in
      let count = made.count { $0.content.updateType == type }
      return count > 0 ? (type, count) : nil
    }
  }
}

// MARK: - JSON

extension EventExplanation {
  /// The explanation as one JSON object.
  package var document: BSONDocument {
    var output = BSONWriter()
    output.append("by", "the state as it is now")
    switch outcome {
    case .planned: output.append("outcome", "planned")
    case .ignored: output.append("outcome", "ignored")
    case .bad(let error):
      output.append("outcome", "bad")
      output.append("reason", error.description)
      output.append("code", error.code.rawValue)
    }
    output.open("decoded")
    output.append("eventType", eventType)
    output.append("tenantId", eventKey?.tenantId.string)
    output.append("createdAt", number: createdAt)
    output.close()
    if let location { output.append("located", location.document) } else { output.appendNull("located") }
    output.append("lookedUp", documents: lookUps.map(\.document))
    if let rule { output.append("row", rule.document) } else { output.appendNull("row") }
    output.open("made")
    for (type, count) in counts { output.append(type.rawValue, Int64(count)) }
    output.close()
    output.append("people", documents: people.map { $0.document(rule) })
    output.append("moreMembers", hasMoreMembers)
    return output.finish()
  }
}

extension EventExplanation.Person {
  /// - Parameter rule: The row that decided.
  fileprivate func document(_ rule: Rule?) -> BSONDocument {
    var output = BSONWriter()
    output.append("userId", concerned.userId.string)
    output.append("roles", strings: concerned.roles.map(\.rawValue))
    output.open("ordinary")
    output.append("gets", concerned.ordinary.getsUpdate)
    output.append("reason", concerned.ordinary.name)
    output.append("why", rule.map(concerned.ordinary.words))
    output.close()
    output.open("statistics")
    output.append("gets", concerned.statistics.getsUpdate)
    output.append("reason", concerned.statistics.name)
    output.append("why", concerned.statistics.words)
    if let counts = concerned.statistics.counts {
      output.append("unreadCount", counts.unread)
      output.append("newerMessages", Int64(counts.newer))
    }
    output.close()
    output.append(
      "updates",
      documents: updates.map { update in
        var output = BSONWriter()
        output.append("_id", update.id)
        output.append("type", update.content.updateType.rawValue)
        output.append("routingKey", update.routingKey)
        return output.finish()
      })
    return output.finish()
  }
}

extension Location {
  fileprivate var document: BSONDocument {
    var output = BSONWriter()
    for (name, named) in [("dialog", dialog), ("message", message), ("typist", typist), ("user", user)] {
      guard let named else { continue }
      output.open(name)
      output.append("id", named.id.string)
      output.append("by", named.field.rawValue)
      if name == "message" { output.append("isCarried", carriesMessage) }
      output.close()
    }
    if let senderId { output.append("senderId", senderId.string) }
    if let subjectId { output.append("subjectId", subjectId.string) }
    return output.finish()
  }
}

extension LookUp {
  fileprivate var document: BSONDocument {
    var output = BSONWriter()
    output.append("collection", collection)
    output.append("key", key)
    output.append("found", Int64(found))
    return output.finish()
  }
}

extension Rule {
  fileprivate var document: BSONDocument {
    var output = BSONWriter()
    output.append("updateType", updateType.rawValue)
    output.append("recipients", recipients.words)
    output.append("sections", strings: sections.map(\.name))
    output.append("statistics", statistics?.words)
    return output.finish()
  }
}
