import Support

/// What is wrong with a setting.
package struct SettingFault: Error, Sendable, Equatable {
  /// One plain sentence that names the setting and quotes no secret.
  package let message: String

  init(_ message: String) {
    self.message = printable(message)
  }

  /// The value is not of the setting's form.
  init(_ setting: Setting, _ reading: SettingReading) {
    let name = reading.origin == .flag ? "--" + setting.flag : setting.name
    let text = reading.text ?? ""
    let quoted = setting.form.isSecret ? "not usable" : text.isEmpty ? "empty" : text
    self.init("\(name) is \(quoted); it takes \(setting.form.description)")
  }
}
