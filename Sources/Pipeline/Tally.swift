import Updates

/// What became of the events and updates of a run, counted.
public struct Tally: Sendable, Equatable {
  /// Events of types that make updates, by type.
  public var events: [String: Int] = [:]
  /// Events of types that make none, by type.
  public var ignored: [String: Int] = [:]
  /// Bad events.
  public var bad = 0
  /// Updates stored, by type.
  public var updates: [UpdateType: Int] = [:]
  /// Updates that were stored before.
  public var alreadyStored = 0
  /// Events that an earlier run had handled.
  public var handledBefore = 0
  /// Updates published and confirmed.
  public var published = 0
  /// Updates that cannot be published for what they are.
  public var unsendable = 0

  /// Nothing yet.
  public init() {}

  /// Events of all kinds.
  public var totalEvents: Int {
    events.values.reduce(0, +) + ignored.values.reduce(0, +) + bad
  }

  /// Updates stored.
  public var totalUpdates: Int { updates.values.reduce(0, +) }

  /// Adds another count.
  public static func += (left: inout Tally, right: Tally) {
    left.events.merge(right.events, uniquingKeysWith: +)
    left.ignored.merge(right.ignored, uniquingKeysWith: +)
    left.bad += right.bad
    left.updates.merge(right.updates, uniquingKeysWith: +)
    left.alreadyStored += right.alreadyStored
    left.handledBefore += right.handledBefore
    left.published += right.published
    left.unsendable += right.unsendable
  }
}
