/// What flags and environment say: the one place that reads them. A flag wins over its variable, that over the file that
/// `…_FILE` names, that over the default. An empty variable counts as none.
package struct Settings: Sendable {
  private let flags: [String: String]
  private let environment: [String: String]

  /// - Parameter flags: What was given on the command line; `nil`: nothing. A setting may be left out where the
  ///   command has no such flag.
  package init(flags: [(Setting, String?)], environment: [String: String]) {
    self.flags = Dictionary(
      flags.compactMap { setting, text in text.map { (setting.flag, $0) } },
      uniquingKeysWith: { _, last in last })
    self.environment = environment
  }

  /// The value, and where it came from.
  ///
  /// - Throws: ``SettingFault`` when a variable and its `_FILE` are both set, or the file cannot be used.
  package func reading(_ setting: Setting) throws(SettingFault) -> SettingReading {
    if let text = flags[setting.flag] { return SettingReading(text, .flag) }
    let given = setting.variable.flatMap { environment[$0] } ?? ""
    if let variable = setting.variable, let fileVariable = setting.fileVariable,
      let path = environment[fileVariable], !path.isEmpty
    {
      guard given.isEmpty else {
        throw SettingFault("\(variable) and \(fileVariable) are both set; leave one of them out")
      }
      do throws(SecretFile.Unusable) {
        return SettingReading(try SecretFile(path: path).content(), .file(path))
      } catch {
        throw SettingFault("\(fileVariable) names \(path), which \(error.reason)")
      }
    }
    return given.isEmpty ? SettingReading(setting.standard, .standard) : SettingReading(given, .environment)
  }

  /// The value, which is of the setting's form; `nil`: nothing is given, and there is no default.
  ///
  /// - Throws: ``SettingFault`` when it is not of that form, and as ``reading(_:)`` does.
  package func given(_ setting: Setting) throws(SettingFault) -> String? {
    let reading = try reading(setting)
    guard let text = reading.text else { return nil }
    guard setting.form.takes(text) else { throw SettingFault(setting, reading) }
    return text
  }

  /// The value of a setting that has a default.
  ///
  /// - Throws: ``SettingFault``, as ``given(_:)`` does.
  package func text(_ setting: Setting) throws(SettingFault) -> String {
    guard let text = try given(setting) else { throw SettingFault("\(setting.name) is missing") }
    return text
  }

  /// - Throws: ``SettingFault``, as ``given(_:)`` does.
  package func count(_ setting: Setting) throws(SettingFault) -> Int {
    guard let count = Int(try text(setting)) else { throw SettingFault(setting, try reading(setting)) }
    return count
  }

  /// - Throws: ``SettingFault``, as ``given(_:)`` does.
  package func seconds(_ setting: Setting) throws(SettingFault) -> Double {
    guard let seconds = Double(try text(setting)) else { throw SettingFault(setting, try reading(setting)) }
    return seconds
  }

  /// - Throws: ``SettingFault``, as ``given(_:)`` does.
  package func isOn(_ setting: Setting) throws(SettingFault) -> Bool { try text(setting) == "true" }
}
