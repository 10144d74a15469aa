/// A row of the table of settings. The help of its flag, `config show` and docs/settings.md are made from it.
package struct Setting: Sendable {
  /// The flag without its dashes. It tells one setting from another.
  package let flag: String
  /// The variable of the environment; `nil`: there is only the flag.
  package let variable: String?
  /// The value where neither is given; `nil`: something that ``otherwise`` tells.
  package let standard: String?
  /// What holds where neither is given and there is no ``standard``, in words.
  package let otherwise: String
  package let form: SettingForm
  /// One or a few sentences.
  package let meaning: String
  /// More, in Markdown, for docs/settings.md alone; empty: there is no more.
  package let details: String
  /// The commands that use it. `config show`, `config check` and `doctor` take the flags of `run`.
  package let commands: [String]

  init(
    flag: String, variable: String? = nil, standard: String? = nil, otherwise: String = "",
    _ form: SettingForm,
    _ meaning: String, details: String = "", commands: [String]
  ) {
    self.flag = flag
    self.variable = variable
    self.standard = standard
    self.otherwise = otherwise
    self.form = form
    self.meaning = meaning
    self.details = details
    self.commands = commands
  }

  /// The variable that names a file with the value; `nil`: there is none, because the value is no secret.
  package var fileVariable: String? { form.isSecret ? variable.map { $0 + "_FILE" } : nil }

  /// What it is called where it does not matter how it was given: its variable, or else its flag.
  package var name: String { variable ?? "--" + flag }

  /// What holds where nothing is given, in words.
  package var standardText: String { standard ?? otherwise }

  /// What the help says of its flag.
  package var help: String {
    guard let variable else { return standard == "true" ? "\(meaning) (default: --\(flag))" : meaning }
    let takes =
      switch form {
      case .count, .seconds, .word, .address: " It takes \(form.description)."
      case .serverURL, .name, .toggle: ""
      }
    let file = fileVariable.map { " or the file named by \($0)" } ?? ""
    return "\(meaning)\(takes) (\(variable)\(file); default: \(standardText))"
  }
}
