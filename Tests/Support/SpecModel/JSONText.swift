extension JSON {
  /// This value as JSON text on one line, keys in byte order.
  package var text: String {
    switch self {
    case .null:
      return "null"
    case .bool(let value):
      return value ? "true" : "false"
    case .integer(let value):
      return String(value)
    case .double(let value):
      return value.description
    case .string(let text):
      return JSON.quoted(text)
    case .array(let elements):
      return "[" + elements.map(\.text).joined(separator: ",") + "]"
    case .object(let fields):
      let members = fields.sorted { $0.key < $1.key }.map { key, value in
        JSON.quoted(key.text) + ":" + value.text
      }
      return "{" + members.joined(separator: ",") + "}"
    }
  }

  /// A string literal in which only those characters are escaped that must be.
  static func quoted(_ text: String) -> String {
    if !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) { return "\"\(text)\"" }
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": literal += "\\\""
      case "\\": literal += "\\\\"
      case "\u{00}"..<"\u{20}": literal += unicodeEscape(UInt16(scalar.value))
      default: literal.unicodeScalars.append(scalar)
      }
    }
    return literal + "\""
  }

  /// One UTF-16 code unit as `\uXXXX`.
  static func unicodeEscape(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
