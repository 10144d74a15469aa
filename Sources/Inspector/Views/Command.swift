import Updates

/// The commands that show the same as a page.
enum Command {
  static func updates(_ line: SearchLine, _ configuration: InspectorConfiguration) -> String? {
    // The command knows no terms that negate.
    guard line.mistakes.isEmpty, !line.terms.contains(where: \.isNegated) else { return nil }
    var words = ["inspect", "updates", "--store", configuration.storeArgument]
    for term in line.terms {
      switch term.field {
      case .tenant, .user, .dialog, .event, .type, .before: words += ["--" + term.field.rawValue, term.value]
      case .eventType: words += ["--type", term.value]
      case .after: words += ["--since", term.value]
      case .published:
        guard term.value == "unpublished" else { return nil }
        words.append("--unpublished")
      }
    }
    return text(words)
  }

  static func event(_ id: String, tenant: String, _ configuration: InspectorConfiguration) -> String {
    text(["inspect", "event", id, "--explain", "--tenant", tenant, "--store", configuration.storeArgument])
  }

  /// `inspect user` or `inspect dialog`.
  static func entity(_ what: String, _ key: EntityKey, _ configuration: InspectorConfiguration) -> String {
    text([
      "inspect", what, "--tenant=\(key.tenantId)", "--store", configuration.storeArgument, "--",
      key.id.string,
    ])
  }

  private static func text(_ words: [String]) -> String {
    (["chat3-update-worker"] + words.map(quoted)).joined(separator: " ")
  }

  /// A word as a shell takes it, whatever it holds.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "-._/:=@,%+".utf8.contains(byte)
      }
    }
    if isPlain, !word.isEmpty { return word }
    // By code points: a quote with a combining accent is another character, and for a shell a quote all the same.
    var quoted = "'".unicodeScalars
    for scalar in word.unicodeScalars {
      if scalar == "'" { quoted.append(contentsOf: "'\\''".unicodeScalars) } else { quoted.append(scalar) }
    }
    quoted.append("'")
    return String(quoted)
  }
}
