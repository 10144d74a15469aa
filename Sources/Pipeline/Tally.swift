package import Updates

/// What became of the events and updates of a run, counted.
package struct Tally: Sendable, Equatable {
  /// Events of types that make updates, by type.
  package var events: [String: Int] = [:]
  /// Events of types that make none, by type.
  package var ignored: [String: Int] = [:]
  /// Bad events, by what is wrong with them.
  package var badEvents: [BadEvent.Code: Int] = [:]
  /// Updates stored, by type.
  package var updates: [UpdateType: Int] = [:]
  /// Updates that were stored before.
  package var alreadyStored = 0
  /// Events that an earlier replay had handled.
  package var handledBefore = 0
  /// Updates published and confirmed.
  package var published = 0
  /// Updates that cannot be published because of what they contain.
  package var unsendable = 0

  package init() {}

  /// Bad events of all kinds.
  package var bad: Int { badEvents.values.reduce(0, +) }

  /// Events of all kinds: those that make updates, ignored ones and bad ones.
  package var totalEvents: Int {
    events.values.reduce(0, +) + ignored.values.reduce(0, +) + bad
  }

  /// Updates stored, of all types.
  package var totalUpdates: Int { updates.values.reduce(0, +) }

  package static func += (left: inout Tally, right: Tally) {
    left.events.merge(right.events, uniquingKeysWith: +)
    left.ignored.merge(right.ignored, uniquingKeysWith: +)
    left.badEvents.merge(right.badEvents, uniquingKeysWith: +)
    left.updates.merge(right.updates, uniquingKeysWith: +)
    left.alreadyStored += right.alreadyStored
    left.handledBefore += right.handledBefore
    left.published += right.published
    left.unsendable += right.unsendable
  }
}
