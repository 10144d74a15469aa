/// What a store keeps of the last work on it as a whole.
package protocol WorkJournal: Sendable {
  /// The last replay into the store; `nil` where none is known.
  func lastReplay() async throws -> ReplayRecord?

  /// The last verification of the store; `nil` where none is known.
  func lastVerification() async throws -> VerificationRecord?
}

/// A store that keeps what a replay into it came to.
package protocol ReplayJournal: Sendable {
  func note(_ replay: ReplayRecord) async throws
}

/// A store that keeps what a verification of it has found.
package protocol VerificationJournal: Sendable {
  func note(_ verification: VerificationRecord) async throws
}
