import BSON
import Updates

/// All that belongs to an event from its arrival until it is done.
struct OpenEvent: Sendable {
  /// How far it is known what is to be made of it. Each phase has what the ones before have found out. `indirect`,
  /// because an event is copied far more often than its phase changes.
  indirect enum Phase: Sendable {
    case decoded(Event)
    case located(LocatedEvent)
    case resolved(ResolvedEvent)
    /// Some of its updates may have been made.
    case planned(EventPlan)
    /// No updates are to be made: its type makes none, or an earlier replay has made them.
    case needless
    /// It belongs to the dead letters. The dialog is known if it turned out late.
    case bad(BadEvent, dialog: EntityKey?)
  }

  let item: EventIntake.Item
  /// When it arrived, in milliseconds since 1970.
  let openedAt: Double
  /// How an earlier replay ended it.
  let recalled: LedgerEntry?
  private(set) var phase: Phase
  /// Who gets its updates that rounds have not taken; `nil` until that is known.
  var audience: Audience?
  /// How many updates rounds have taken.
  var updates = 0
  /// How many of these are ordinary ones.
  var recipients = 0
  /// Whether some of its updates were stored before, so that not all of them may have been published.
  var wasStoredBefore = false
  /// Why some of its updates cannot be stored.
  var refusal: String?

  init(_ item: EventIntake.Item, openedAt: Double, recalled: LedgerEntry?) {
    self.item = item
    self.openedAt = openedAt
    self.recalled = recalled
    phase =
      switch item.kind {
      case .event(let event): recalled == nil ? .decoded(event) : .needless
      case .ignored: .needless
      case .bad(let error): .bad(error, dialog: nil)
      }
  }

  /// Makes it a bad one, whose remaining updates are not made.
  private mutating func turnBad(_ reason: BadEvent) {
    phase = .bad(reason, dialog: dialog)
    audience = Audience()
  }

  /// Why it belongs to the dead letters.
  var badness: BadEvent? {
    if case .bad(let reason) = recalled?.history.outcome { return BadEvent(nil, reason, .other) }
    if case .bad(let error, _) = phase { return error }
    return refusal.map { BadEvent(nil, $0, .unstorable) }
  }

  /// When it was made, in milliseconds since 1970; `nil` when it does not tell, or is a bad one.
  var createdAt: Double? {
    if case .bad = phase { nil } else { item.createdAt }
  }

  /// Whether it may have updates that were stored but never confirmed.
  var wasSeenBefore: Bool { recalled != nil || item.delivery.isRedelivered || wasStoredBefore }
}

/// What is known of it.
extension OpenEvent {
  /// `nil` until it is located, and while no updates are to be made.
  var located: LocatedEvent? {
    if case .located(let located) = phase { located } else { resolved?.located }
  }

  /// `nil` until it is resolved, and while no updates are to be made.
  var resolved: ResolvedEvent? {
    switch phase {
    case .resolved(let resolved): resolved
    case .planned(let plan): plan.resolved
    case .decoded, .located, .needless, .bad: nil
    }
  }

  /// What its updates share, once a round has some of them.
  var plan: EventPlan? {
    if case .planned(let plan) = phase { plan } else { nil }
  }

  /// The dialog, as far as it is known.
  var dialog: EntityKey? {
    if case .bad(_, let dialog) = phase { dialog } else { located?.dialog }
  }

  /// The stored message that it needs to be located.
  var messageNeed: MessageNeed? {
    if case .decoded(let event) = phase { event.messageNeed } else { nil }
  }

  /// Adds what is needed to resolve it.
  func addNeeds(to needs: inout EventNeeds) {
    if case .located(let located) = phase { located.addNeeds(to: &needs) }
  }

  /// Adds what is needed to make the updates of a part of its audience.
  func addNeeds(of part: Audience.Part, to needs: inout ProfileNeeds) {
    guard let resolved else { return }
    if plan == nil { resolved.located.addNeeds(to: &needs) }
    resolved.recipients.addNeeds(of: part.recipients, to: &needs)
    resolved.statistics.addNeeds(of: part.users, to: &needs)
  }
}

/// From phase to phase.
extension OpenEvent {
  /// Puts it in its dialog.
  ///
  /// - Parameter messages: Has the stored message that it needs, if that was found.
  mutating func locate(among messages: [EntityKey: BSONDocument]) {
    guard case .decoded(let event) = phase else { return }
    do throws(BadEvent) {
      phase = .located(try event.located(stored: event.messageNeed.flatMap { messages[$0.key] }))
    } catch {
      turnBad(error)
    }
  }

  /// Takes the answers to ``addNeeds(to:)``.
  mutating func resolve(with state: EventState) {
    if case .located(let located) = phase { phase = .resolved(located.resolved(with: state)) }
  }

  /// Begins its audience: the members of its dialog if they are known, and whom the event itself names.
  ///
  /// - Parameter large: The dialogs whose rosters are read page by page.
  mutating func makeAudience(among rosters: [EntityKey: [Member]], without large: Set<EntityKey>) {
    var audience = Audience()
    if let resolved {
      let roster = resolved.recipients.roster
      let members = roster.flatMap { rosters[$0] } ?? []
      audience.add(
        recipients: resolved.recipients.all(among: members), users: resolved.statistics.all(among: members))
      if let roster, large.contains(roster) { audience.isComplete = false }
    }
    self.audience = audience
  }

  /// Its updates for a part of its audience; `nil` if it needs none or turns out to be bad.
  mutating func updates(
    for part: Audience.Part, profiles: Profiles, _ onPassage: EventPassage.Observer?
  ) -> [Update]? {
    do throws(BadEvent) {
      if case .resolved(let resolved) = phase {
        phase = .planned(try resolved.plan(with: profiles))
        onPassage?(EventPassage(station: .planned, header: item.header))
      }
      guard let plan else { return nil }
      return plan.updates(for: part.recipients, profiles: profiles)
        + plan.statisticsUpdates(for: part.users, profiles: profiles)
    } catch {
      turnBad(error)
      return nil
    }
  }

  /// Forgets what was looked up, which may have changed. An event of which some updates are made already keeps what all
  /// of them share, and reads the rest of its roster anew.
  mutating func forgetLookUps() {
    if case .resolved(let resolved) = phase { phase = .located(resolved.located) }
    if plan == nil {
      audience = nil
    } else if audience?.isComplete == false {
      audience?.roster = nil
    }
  }
}
