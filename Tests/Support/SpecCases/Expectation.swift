package import SpecModel

/// What one or several recipients must get from one event.
package struct Expectation: Sendable {
  /// The identity of the source event.
  package let eventId: String
  /// `DialogUpdate`, `MessageUpdate`, …
  package let updateType: String
  /// Exactly these users. Several expectations about the same event and type count together.
  package let recipients: [String]
  /// Values by their paths in the stored update, such as `data/member/state/unreadCount` or
  /// `data/message/statuses/0`.
  package let has: [String: JSON]
  /// Paths where the stored update has nothing, not even `null`.
  package let lacks: [String]
  /// Members that are written in the body with exactly these characters, such as `"n":5`.
  package let body: [String]
}

/// These recipients get an update of this type from the event `of`, by default the first of the case.
func get(
  _ updateType: String, _ recipients: [String] = everyone, _ has: [String: JSON] = [:], lacks: [String] = [],
  body: [String] = [], of eventId: String = id(1)
) -> Expectation {
  Expectation(
    eventId: eventId, updateType: updateType, recipients: recipients, has: has, lacks: lacks, body: body)
}

/// This recipient gets statistics from the event `of`, by default the first of the case.
func statistics(_ userId: String, _ has: [String: JSON] = [:], of eventId: String = id(1)) -> Expectation {
  get("UserStatsUpdate", [userId], has, of: eventId)
}
