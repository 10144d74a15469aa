package import BSON
import Updates

// How people write what a query asks for, on the command line and in the search line of the inspector's pages.
extension UpdateQuery {
  /// The event types that a name stands for: an update type means every event type that makes it. `nil` for a name that
  /// is neither an update type nor an event type that makes updates.
  package static func eventTypes(named name: String) -> [String]? {
    if let type = UpdateType(rawValue: name) {
      return type == .userStats
        ? [EventType.derivedStatistics]
        : EventType.allCases.filter { $0.rule.updateType == type }.map(\.rawValue)
    }
    return UpdateType(eventType: name) == nil ? nil : [name]
  }

  /// All names that ``eventTypes(named:)`` knows.
  package static var typeNames: [String] {
    UpdateType.allCases.map(\.rawValue) + EventType.allCases.map(\.rawValue) + [EventType.derivedStatistics]
  }

  /// An event's identity in one of the forms in which events carry it: 24 hex digits, or `evt_` and 32.
  package static func eventId(_ text: String) -> ObjectId? {
    ObjectId(text) ?? EventHeader.identity(eventId: Array(text.utf8)[...])
  }
}
