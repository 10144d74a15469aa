/// The value of a setting as it was given, and where it came from.
package struct SettingReading: Sendable, Equatable {
  package enum Origin: Sendable, Equatable {
    case flag
    case environment
    /// The file at this path.
    case file(String)
    case standard
  }

  /// `nil`: nothing is given, and there is no default.
  package let text: String?
  package let origin: Origin

  init(_ text: String?, _ origin: Origin) {
    self.text = text
    self.origin = origin
  }

  /// The value with the credentials that it may hold masked.
  package func shown(of setting: Setting) -> String? {
    text.map { setting.form.isSecret ? maskedURL($0) : $0 }
  }
}
