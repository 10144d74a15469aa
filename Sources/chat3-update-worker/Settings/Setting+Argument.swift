import ArgumentParser
import Foundation
import Operations

extension Setting {
  /// The help of the setting's flag, from the table.
  var argumentHelp: ArgumentHelp {
    form.valueName.isEmpty ? ArgumentHelp(help) : ArgumentHelp(help, valueName: form.valueName)
  }

  /// What a shell completes after the flag.
  var argumentCompletion: CompletionKind {
    if case .word(let words) = form { .list(words) } else { .default }
  }

  var argumentName: NameSpecification { .customLong(flag) }
}

extension Settings {
  /// What these flags and the environment of the process say.
  init(flags: [(Setting, String?)]) {
    self.init(flags: flags, environment: ProcessInfo.processInfo.environment)
  }
}
