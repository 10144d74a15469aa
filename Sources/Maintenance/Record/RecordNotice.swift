/// What an operator wants to know about a recording while it goes on.
package enum RecordNotice: Sendable {
  /// Events published from now on are recorded.
  case ready
  /// A server is down, for the given reason, and the recording waits for it.
  case waiting(String)
  /// The servers are up again. `gap` is how long there was no connection to the events, if there was none.
  case recovered(gap: Duration?)
  /// Something was recorded.
  case progress(RecordTally)
}
