/// What became of one question to a server. A question that was not asked has none.
package enum Answer<Value: Sendable>: Sendable {
  case known(Value)
  /// The user may not ask this; the server's own words.
  case refused(String)
  /// There was no answer in time, or none that can be read; what happened.
  case failed(String)

  package var value: Value? { if case .known(let value) = self { value } else { nil } }
}
