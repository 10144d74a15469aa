import BSON

/// A located event with all that has to be known before its recipients are: it can tell them from among the members of
/// its dialog (``recipients``, ``statistics``).
package final class ResolvedEvent: Sendable {
  package let located: LocatedEvent
  let state: EventState

  init(_ located: LocatedEvent, state: EventState) {
    self.located = located
    self.state = state
  }

  /// Who gets ordinary updates.
  package var recipients: Recipients { located.recipients }

  /// Who gets derived statistics.
  package var statistics: StatisticsUsers { StatisticsUsers(self) }

  /// Makes what all recipients share.
  ///
  /// - Parameter profiles: The answers to what the event needs (``LocatedEvent/addNeeds(to:)-(ProfileNeeds)``).
  /// - Throws: ``BadEvent`` when the dialog is neither in the event nor stored.
  package func plan(with profiles: Profiles) throws(BadEvent) -> EventPlan {
    try EventPlan(self, profiles: profiles)
  }
}
