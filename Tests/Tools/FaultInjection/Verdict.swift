import SpecModel

/// The outcome of a round as seen from outside: in MongoDB, in a queue that gets all updates, in the worker's
/// queue and in the dead-letter queue. It is a pure value, and is tested on made-up evidence.
package struct Verdict: Sendable {
  /// What must not happen. The table counts each kind.
  package enum Violation: String, CaseIterable, Sendable {
    /// An update that is due is not stored, or was never published.
    case lost
    /// An update is stored under two ids.
    case storedTwice
    /// An update was published under two ids, or under an id that is not the stored one.
    case twoIds
    /// An update was first received before that of an earlier event in the same dialog or to the same user.
    case outOfOrder
    /// Stored or published content, counters included, is not what is due.
    case wrongContent
    /// A stored update is not due.
    case surplus
    /// A published update is not marked as published.
    case unmarked
    /// An event is left in the queue.
    case leftInQueue
    /// A bad event is not among the dead letters, or something else is.
    case deadLetters
    /// The worker did not behave as it must: a wrong exit code, or no recovery.
    case behaviour
  }

  /// Which updates must come in the order of their events (spec section 5).
  package enum Order: Sendable {
    /// All of them: there is one worker, and deliveries come in the order of the queue.
    case all
    /// All except those of events that were delivered more than once.
    case redeliveriesApart
    /// None of them: several workers share the queue.
    case none
  }

  /// Everything that was found, by kind, in words.
  package private(set) var found: [Violation: [String]] = [:]
  /// How many messages a consumer must drop because it had them before.
  package private(set) var duplicates = 0

  package init() {}

  package init(_ evidence: Evidence, expected: DueUpdates, order: Order) {
    let ids = judgeStored(evidence, expected)
    judgePublished(evidence, expected, ids: ids)
    if order != .none { judgeOrder(evidence, expected, order) }
    judgeQueues(evidence, expected)
  }

  package mutating func note(_ violation: Violation, _ words: String) {
    found[violation, default: []].append(words)
  }

  /// Adds what another verdict has found.
  package static func += (left: inout Verdict, right: Verdict) {
    left.found.merge(right.found, uniquingKeysWith: +)
    left.duplicates += right.duplicates
  }

  package var complaints: [String] {
    Violation.allCases.flatMap { violation in
      (found[violation] ?? []).map { "\(violation.rawValue): \($0)" }
    }
  }

  /// The ids under which each update is stored.
  private mutating func judgeStored(_ evidence: Evidence, _ expected: DueUpdates) -> [UpdateKey: String] {
    var ids: [UpdateKey: String] = [:]
    for update in evidence.stored {
      guard ids[update.key] == nil else {
        note(.storedTwice, "\(update.key)")
        continue
      }
      ids[update.key] = update.id
      guard let due = expected.updates[update.key] else {
        note(.surplus, "\(update.key)")
        continue
      }
      if !update.json.sameValue(as: due.json) {
        note(.wrongContent, "stored: \(update.json.text), due: \(due.json.text)")
      }
      if !update.isPublished { note(.unmarked, "\(update.key)") }
    }
    for key in expected.updates.keys where ids[key] == nil { note(.lost, "never stored: \(key)") }
    return ids
  }

  private mutating func judgePublished(
    _ evidence: Evidence, _ expected: DueUpdates, ids: [UpdateKey: String]
  ) {
    var seen: Set<UpdateKey> = []
    for message in evidence.received {
      if message.id != ids[message.key] { note(.twoIds, "\(message.key): \(message.id)") }
      guard seen.insert(message.key).inserted else {
        duplicates += 1
        continue
      }
      guard let due = expected.updates[message.key] else { continue }
      if !message.json.sameValue(as: due.json) {
        note(.wrongContent, "published: \(message.json.text), due: \(due.json.text)")
      }
    }
    for key in expected.updates.keys where !seen.contains(key) && ids[key] != nil {
      note(.lost, "never published: \(key)")
    }
  }

  private mutating func judgeOrder(_ evidence: Evidence, _ expected: DueUpdates, _ order: Order) {
    var seen: Set<UpdateKey> = []
    var latest: [String: (place: [Int], key: UpdateKey)] = [:]
    for message in evidence.received where seen.insert(message.key).inserted {
      guard let due = expected.updates[message.key] else { continue }
      if order == .redeliveriesApart, evidence.redelivered.contains(message.key.event) { continue }
      let place = [due.position, due.isStatistics ? 1 : 0]
      let user = "to \(message.key.tenant) \(message.key.user)"
      for line in [due.dialog.map { "in \($0)" }, user].compactMap({ $0 }) {
        // The statistics of an event follow its other updates of the same dialog and user.
        if let before = latest[line], place.lexicographicallyPrecedes(before.place) {
          note(.outOfOrder, "\(line): \(message.key) after \(before.key)")
        } else {
          latest[line] = (place, message.key)
        }
      }
    }
  }

  private mutating func judgeQueues(_ evidence: Evidence, _ expected: DueUpdates) {
    if evidence.left > 0 { note(.leftInQueue, "\(evidence.left) events") }
    let letters = Set(evidence.deadLetters)
    for body in expected.bad.subtracting(letters) {
      note(.deadLetters, "missing: \(String(decoding: body, as: UTF8.self))")
    }
    for body in letters.subtracting(expected.bad) {
      note(.deadLetters, "not a bad event: \(String(decoding: body, as: UTF8.self))")
    }
  }
}
