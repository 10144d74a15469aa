import BSON
import Updates

/// What is known of stored updates by what they are for, whoever made them: other programs chose other `_id`s.
public protocol UpdateRegister: Sendable {
  /// Of updates that are due, by their index, those that are stored, and whether their publication was confirmed.
  func stored(among updates: [Update]) async throws -> [Int: Bool]
}
