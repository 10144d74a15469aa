package import Updates

/// Hears what the live worker and its stations do, for metrics and health. ``note(_:)`` is called on the
/// way of every round, so it returns at once.
package protocol WorkObserver: Sendable {
  func note(_ work: Work)
}

/// Something that was done, told once for each round.
package enum Work: Sendable {
  /// Nothing is in hand, and the worker waits for events.
  case idle
  /// The worker waits before it tries again what a server that is down has made fail.
  case pausing
  /// Events were taken from the source.
  case taken(events: Int, redelivered: Int)
  /// Events were decoded. `createdAt` has the times of its well-formed events of types that make updates, in
  /// milliseconds since 1970, without those that have none.
  case decoded(createdAt: [Double])
  /// Events were planned, each for so many recipients of its ordinary updates.
  case planned(recipients: [Int])
  /// Updates of a round went into the store, which already had `existing` others.
  case stored([UpdateType: Int], existing: Int)
  /// So many messages are about to be handed to the publisher.
  case publishing(Int)
  /// The publisher is done with so many messages, successfully or not.
  case publishingEnded(Int)
  /// The broker has confirmed these messages; the others can never be sent.
  case published([UpdateType: Int], unsendable: Int)
  /// A station has done its part of a round, and took so long.
  case passed(Station, milliseconds: Double)
  /// A server has failed a station, in a way that passes.
  case failed(Station)
  /// So many events are acknowledged. `createdAt` has the times of those that have one, in milliseconds since 1970.
  case acknowledged(events: Int, createdAt: [Double])
}
