/// How lines of the log are written.
package enum LogFormat: String, Sendable, CaseIterable {
  /// For people: time, level, message and what varies, in one line.
  case text
  /// For programs: a JSON object per line.
  case json
}
