import ArgumentParser
import Foundation
import Operations

extension Setting {
  /// The help of the setting's flag, from the table.
  var argumentHelp: ArgumentHelp {
    form.valueName.isEmpty ? ArgumentHelp(help) : ArgumentHelp(help, valueName: form.valueName)
  }

  var argumentName: NameSpecification { .customLong(flag) }
}

extension Settings {
  /// What these flags and the environment of the process say.
  init(flags: [(Setting, String?)]) {
    self.init(flags: flags, environment: ProcessInfo.processInfo.environment)
  }
}
