/// A change that somebody has made, or has tried to make.
package struct InspectorAction: Sendable, Equatable {
  package let action: LetterAction
  /// The address of the client.
  package let client: String
  /// How the client has shown that it may.
  package let credential: SafetyRules.Credential
  /// The dead letters that were chosen; those of ``Letter/digest``.
  package let digests: [String]
  /// How many were sent back or removed.
  package let count: Int
  /// Why that is not all, or nothing, in a sentence; `nil` when everything is done.
  package let shortfall: String?

  /// Who has done what, as a line of a log.
  package var sentence: String {
    "\(action.rawValue) by \(client) (\(credential.rawValue)): \(action.done(count)); chosen by content: "
      + digests.joined(separator: " ") + (shortfall.map { "; \($0)" } ?? "")
  }
}
