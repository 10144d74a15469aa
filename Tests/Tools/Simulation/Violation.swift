/// A property of the worker that did not hold.
package struct Violation: Sendable, CustomStringConvertible {
  package enum Rule: String, CaseIterable, Sendable {
    case lost = "an update was lost"
    case twoIds = "an update was stored under two ids"
    case wrongContent = "an update is not the model's"
    case surplus = "an update is due to nobody"
    case publishedUnstored = "an update was published before it was stored"
    case publishedOther = "what was published is not what is stored"
    case markedUnconfirmed = "an update was marked before its confirm"
    case acknowledgedEarly = "an event was acknowledged before it was done"
    case outOfOrder = "an update overtook an earlier one"
    case deadLetters = "the dead letters are not the bad events"
    case starved = "an open event was left out of too many rounds"
    case unbounded = "something has no bound"
    case stuck = "the worker did not come to an end"
    case halfDone = "a stopped worker left something half done"
    case sweptInHand = "the sweep published what the worker had in hand"
    case failed = "the worker ended with an error"
    case askedSystem = "the worker asked the system for the time"
  }

  package let rule: Rule
  let words: String
  /// In microseconds since the start.
  let time: Int64

  package var description: String { "\(rule.rawValue): \(words) (at \(World.text(time)) s)" }
}
