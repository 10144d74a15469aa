import Updates

/// All that belongs to an event from its arrival until it is done.
struct OpenEvent: Sendable {
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

  init(_ item: EventIntake.Item, openedAt: Double) {
    self.item = item
    self.openedAt = openedAt
  }

  /// What has to be located and planned; `nil` if no updates are to be made.
  var draft: EventDraft? {
    guard recalled == nil, case .draft(let draft) = item.kind else { return nil }
    return draft
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

/// What is made of it.
extension OpenEvent {
  /// Begins its audience: the members of its dialog if they are known, and whom the event itself names.
  ///
  /// - Parameter large: The dialogs whose rosters are read page by page.
  mutating func makeAudience(among rosters: [EntityKey: [Member]], without large: Set<EntityKey>) {
    var audience = Audience()
    if draft != nil, let located {
      let members = located.roster.flatMap { rosters[$0] } ?? []
      let state = state ?? StateSnapshot()
      audience.add(
        recipients: located.allRecipients(among: members),
        users: located.allStatisticsUsers(among: members, state: state))
      if let dialog = located.roster, large.contains(dialog) { audience.isComplete = false }
    }
    self.audience = audience
  }

  /// Its updates for a part of its audience; `nil` if it needs none or turns out to be bad.
  mutating func updates(
    for part: Audience.Part, profiles: StateSnapshot, _ onPassage: EventPassage.Observer?
  ) -> [Update]? {
    guard draft != nil, let located else { return nil }
    var known = state ?? StateSnapshot()
    (known.users, known.metas, known.membershipCounts) =
      (profiles.users, profiles.metas, profiles.membershipCounts)
    do throws(BadEvent) {
      let made: EventPlan
      if let plan {
        made = plan
      } else {
        made = try located.plan(with: known)
        plan = made
        onPassage?(EventPassage(station: .planned, header: item.header))
      }
      return made.updates(for: part.recipients, state: known)
        + made.statisticsUpdates(for: part.users, state: known)
    } catch {
      turnBad(error)
      return nil
    }
  }
}

extension LocatedEvent {
  /// The named recipient, then those among the members.
  fileprivate func allRecipients(among members: [Member]) -> [Recipient] {
    (namedRecipient.map { [$0] } ?? []) + recipients(among: members)
  }

  /// The subject of the statistics, then those among the members for whom they change.
  fileprivate func allStatisticsUsers(among members: [Member], state: StateSnapshot) -> [Identifier] {
    (statisticsSubject.map { [$0] } ?? []) + statisticsUsers(among: members, state: state)
  }
}
