import Pipeline

/// What became of messages that were written in a row.
enum PublishOutcome: Sendable {
  /// The server has answered all; it refused those of these offsets.
  case answered(refused: [Int])
  /// The server closed the channel; these offsets were not answered.
  case interrupted(outstanding: [Int])
}
