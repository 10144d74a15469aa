import Pipeline

/// What became of messages that were written in a row.
enum PublishOutcome: Sendable {
  /// The server has answered all messages and refused those at these offsets.
  case answered(refused: [Int])
  /// The server closed the channel before it answered the messages at these offsets.
  case interrupted(outstanding: [Int])
}
