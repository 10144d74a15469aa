package import Updates

/// That an event has passed a station, for whoever wants to watch each event on its way.
package struct EventPassage: Sendable {
  package enum Station: Sendable, Equatable {
    /// The delivery was decoded.
    case decoded
    /// What the event needs is looked up, and its updates are being made.
    case planned
    /// So many updates of the event were made, and all of them are stored, published and marked.
    case shipped(updates: Int)
    /// Its type makes no updates.
    case ignored
    /// It is a bad event, and was moved to the dead letters.
    case buried
  }

  package let station: Station
  /// `nil` when the event is too bad to have one.
  package let header: EventHeader?

  /// Hears of passages; must return at once. `nil` costs nothing.
  package typealias Observer = @Sendable (EventPassage) -> Void
}
