import Maintenance
import Updates

/// The commands that show the same as a page. Values are joined to their flags, because one may begin with a dash.
///
/// There is none for a value that no command line can hold.
enum Command {
  static func updates(_ line: SearchLine, _ configuration: InspectorConfiguration) -> String? {
    // The command knows no terms that negate.
    guard line.mistakes.isEmpty, !line.terms.contains(where: \.isNegated) else { return nil }
    var words = ["inspect", "updates", flag("store", configuration.storeArgument)]
    for term in line.terms {
      switch term.field {
      case .tenant, .user, .dialog, .event, .type, .before:
        words.append(flag(term.field.rawValue, term.value))
      case .eventType: words.append(flag("type", term.value))
      case .after: words.append(flag("since", term.value))
      case .published:
        guard term.value == "unpublished" else { return nil }
        words.append("--unpublished")
      }
    }
    return text(words)
  }

  static func event(_ id: String, tenant: String, _ configuration: InspectorConfiguration) -> String? {
    text([
      "inspect", "event", id, "--explain", flag("tenant", tenant), flag("store", configuration.storeArgument),
    ])
  }

  /// `inspect user` or `inspect dialog`.
  static func entity(_ what: String, _ key: EntityKey, _ configuration: InspectorConfiguration) -> String? {
    text([
      "inspect", what, flag("tenant", key.tenantId.string), flag("store", configuration.storeArgument), "--",
      key.id.string,
    ])
  }

  /// The same verification once more; it prints the differences.
  static func verify(_ verification: VerificationRecord) -> String? {
    var words = ["verify", flag("since", JSONNumber(verification.since).text)]
    if let until = verification.until { words.append(flag("until", JSONNumber(until).text)) }
    if let tenant = verification.tenantId { words.append(flag("tenant", tenant)) }
    return text(words)
  }

  private static func flag(_ name: String, _ value: String) -> String { "--\(name)=\(value)" }

  private static func text(_ words: [String]) -> String? {
    if words.contains(where: { $0.utf8.contains(0) }) { return nil }
    return (["chat3-update-worker"] + words.map(quoted)).joined(separator: " ")
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
      if scalar == "'" {
        quoted.append(contentsOf: "'\\''".unicodeScalars)
      } else if isShownAsItIs(scalar) {
        quoted.append(scalar)
      } else {
        // What a page does not show as it is, and could not be copied from there, has the shell make.
        let octal = String(scalar).utf8.map { byte in
          let digits = String(byte, radix: 8)
          return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }
        quoted.append(contentsOf: "'\"$(printf '\(octal.joined())')\"'".unicodeScalars)
      }
    }
    quoted.append("'")
    return String(quoted)
  }
}
