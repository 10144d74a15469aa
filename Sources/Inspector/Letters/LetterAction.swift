/// What can be done to dead letters.
package enum LetterAction: String, Sendable, CaseIterable {
  /// Send them back to the worker's queue.
  case requeue
  /// Remove them for good.
  case drop

  /// What has become of so many letters, in words.
  func done(_ count: Int) -> String {
    switch self {
    case .requeue: "sent \(counted(count, "dead letter")) back to the worker's queue"
    case .drop: "removed \(counted(count, "dead letter"))"
    }
  }
}

/// Where an action ends, although there may be more letters in the queue.
package struct LetterBounds: Sendable {
  /// Letters that are looked at, chosen ones and others.
  package var letters = 100_000
  package var time = Duration.seconds(15)

  package init() {}
}

/// What an action has done.
package struct LetterOutcome: Sendable {
  package enum End: Sendable {
    /// All letters were looked at.
    case complete
    case outOfTime
    case tooMany
    case failed(any Error)
  }

  /// How many letters are known to be sent back or removed.
  package var count: Int
  package var end: End

  package init(count: Int, end: End) {
    self.count = count
    self.end = end
  }
}
