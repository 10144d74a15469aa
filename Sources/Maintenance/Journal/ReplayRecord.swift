package import BSON
package import Pipeline
import Updates

/// What a replay came to, as it says at its end.
package struct ReplayRecord: Sendable, Equatable {
  /// In milliseconds since 1970.
  package var finishedAt: Double
  package var seconds: Double
  /// Whether it came to the end of its timelines.
  package var isComplete: Bool
  /// Events of types that make updates, by type.
  package var events: [String: Int]
  /// Updates stored by it, by type.
  package var updates: [String: Int]
  /// Updates that were stored before.
  package var alreadyStored: Int
  /// Updates published and confirmed.
  package var published: Int
  /// Updates that cannot be published because of what they contain.
  package var unsendable: Int
  /// Events of types that make no updates, by type.
  package var ignored: [String: Int]
  /// Lines that are no good, bad events among them.
  package var badLines: Int

  /// - Parameter finishedAt: In milliseconds since 1970.
  package init(_ tally: Tally, badLines: Int, seconds: Double, finishedAt: Double, isComplete: Bool) {
    self.finishedAt = finishedAt
    self.seconds = seconds
    self.isComplete = isComplete
    self.badLines = badLines
    events = tally.events
    updates = Dictionary(uniqueKeysWithValues: tally.updates.map { ($0.key.rawValue, $0.value) })
    alreadyStored = tally.alreadyStored
    published = tally.published
    unsendable = tally.unsendable
    ignored = tally.ignored
  }

  /// Reads what ``document`` has written; `nil` for anything else.
  package init?(_ document: BSONDocument) {
    guard let finishedAt = document["finishedAt"]?.number, let seconds = document["seconds"]?.number else {
      return nil
    }
    self.finishedAt = finishedAt
    self.seconds = seconds
    isComplete = document["complete"]?.bool ?? false
    events = document.counts("events")
    updates = document.counts("updates")
    ignored = document.counts("ignored")
    alreadyStored = document.count("alreadyStored")
    published = document.count("published")
    unsendable = document.count("unsendable")
    badLines = document.count("badLines")
  }

  package var document: BSONDocument {
    var output = BSONWriter()
    output.append("finishedAt", finishedAt)
    output.append("seconds", seconds)
    output.append("complete", isComplete)
    output.append("events", counts: events)
    output.append("updates", counts: updates)
    output.append("alreadyStored", Int64(alreadyStored))
    output.append("published", Int64(published))
    output.append("unsendable", Int64(unsendable))
    output.append("ignored", counts: ignored)
    output.append("badLines", Int64(badLines))
    return output.finish()
  }
}

extension BSONWriter {
  /// Counts by name, in the order of the names.
  mutating func append(_ key: String, counts: [String: Int]) {
    open(key)
    for (name, count) in counts.sorted(by: { $0.key < $1.key }) { append(name, Int64(count)) }
    close()
  }
}

extension BSONDocument {
  /// What ``BSONWriter/append(_:counts:)`` has written.
  func counts(_ key: String) -> [String: Int] {
    var counts: [String: Int] = [:]
    for element in document(key) ?? .empty { counts[element.key] = Int(element.integer ?? 0) }
    return counts
  }

  func count(_ key: String) -> Int { Int(self[key]?.integer ?? 0) }
}
