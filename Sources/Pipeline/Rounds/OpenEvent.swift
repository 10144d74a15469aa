import Updates

/// All that belongs to an event from its arrival until it is done.
struct OpenEvent: Sendable {
  /// In the order of arrival.
  let number: Int
  var item: EventIntake.Item
  /// When it arrived, in milliseconds since 1970.
  let openedAt: Double
  /// How an earlier replay ended it.
  var recalled: LedgerEntry?
  /// `nil` until its dialog and message are known, and for good if there is nothing to find out about it.
  var located: LocatedEvent?
  /// What was found for it before its recipients are known.
  var state: StateSnapshot?
  var audience: Audience?
  /// What its updates share, once a round has some of them.
  var plan: EventPlan?
  /// How many updates rounds have taken.
  var updates = 0
  /// How many of these are ordinary ones.
  var recipients = 0
  /// Whether some of its updates were stored before, so that not all of them may have been published.
  var wasStoredBefore = false
  /// Why some of its updates cannot be stored.
  var refusal: String?

  init(_ item: EventIntake.Item, number: Int, openedAt: Double) {
    self.number = number
    self.item = item
    self.openedAt = openedAt
  }

  /// Whether updates of it have to be made.
  var needsPlan: Bool {
    guard recalled == nil, case .draft = item.kind else { return false }
    return true
  }

  /// Forgets what was looked up, which may have changed. An event of which some updates are made already keeps what all
  /// of them share, and reads the rest of its roster anew.
  mutating func forgetLookUps() {
    if plan == nil {
      (state, audience) = (nil, nil)
    } else if audience?.isComplete == false {
      audience?.roster = nil
    }
  }

  /// Makes it a bad one, whose remaining updates are not made.
  mutating func turnBad(_ reason: BadEvent) {
    item.kind = .bad(reason)
    audience = Audience()
  }

  /// Why it belongs to the dead letters.
  var badness: BadEvent? {
    if case .bad(let reason) = recalled?.history.outcome { return BadEvent(nil, reason, .other) }
    if case .bad(let error) = item.kind { return error }
    return refusal.map { BadEvent(nil, $0, .unstorable) }
  }

  /// Whether it may have updates that were stored but never confirmed.
  var wasSeenBefore: Bool { recalled != nil || item.delivery.isRedelivered || wasStoredBefore }
}
