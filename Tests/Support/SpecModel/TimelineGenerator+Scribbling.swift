extension TimelineGenerator {
  /// The same value in odd but valid JSON: white space, escapes, shuffled and duplicate keys,
  /// other spellings of numbers.
  mutating func scribbled(_ value: JSON) -> String {
    space() + scribbledToken(value) + space()
  }

  private mutating func scribbledToken(_ value: JSON) -> String {
    switch value {
    case .null, .bool:
      return value.text
    case .integer(let number):
      return number == 0 && chance(20) ? "-0" : String(number)
    case .double(let number):
      return scribbledNumber(number)
    case .string(let text):
      return scribbledString(text)
    case .array(let elements):
      return "[" + elements.map { scribbled($0) }.joined(separator: ",") + space() + "]"
    case .object(let fields):
      return scribbledObject(fields)
    }
  }

  private mutating func scribbledObject(_ fields: Fields) -> String {
    let members = shuffled(fields.sorted { $0.key < $1.key })
    var texts: [String] = []
    // The last of equal keys counts, so these earlier ones must not.
    for member in members where chance(6) {
      texts.append(self.member(member.key.text, self.value(levels: 1)))
    }
    for member in members {
      texts.append(self.member(member.key.text, member.value))
    }
    return "{" + space() + texts.joined(separator: ",") + "}"
  }

  private mutating func member(_ key: String, _ value: JSON) -> String {
    space() + scribbledString(key) + space() + ":" + scribbled(value)
  }

  private mutating func space() -> String {
    chance(75) ? "" : pick([" ", "  ", "\t", " \t ", "\r"])
  }

  private mutating func scribbledString(_ text: String) -> String {
    guard chance(40) else { return JSON.quoted(text) }
    var literal = "\""
    for scalar in text.unicodeScalars {
      let units = Array(String(scalar).utf16)
      if chance(30) {
        let escaped = units.map { JSON.unicodeEscape($0) }.joined()
        let digits = escaped.replacing("\\u", with: "").uppercased()
        literal += units.count == 1 && chance(50) ? "\\u" + digits : escaped
      } else if scalar == "/" {
        literal += "\\/"
      } else {
        literal += JSON.quoted(String(scalar)).dropFirst().dropLast()
      }
    }
    return literal + "\""
  }

  /// Another spelling of the same double.
  private mutating func scribbledNumber(_ number: Double) -> String {
    let shortest = number.description
    switch below(5) {
    case 0:
      return shortest.uppercased()
    case 1 where !shortest.contains("e"):
      return shortest + "000"
    case 2 where !shortest.contains("e"):
      return shortest + "e0"
    case 3 where !shortest.contains("e"):
      return shortest + "E+00"
    case 4:
      return spelledOut(number) ?? shortest
    default:
      return shortest
    }
  }

  /// An integer beyond 64 bits whose nearest double is this one.
  private mutating func spelledOut(_ number: Double) -> String? {
    switch number {
    case 9_223_372_036_854_775_808: pick(["9223372036854775808", "9223372036854775809"])
    case -9_223_372_036_854_775_808: "-9223372036854775809"
    case 18_446_744_073_709_551_616: pick(["18446744073709551615", "18446744073709551616"])
    case 1e21: "1000000000000000000000"
    case 1e22: "10000000000000000000001"
    case 0.1: "0.1000000000000000055511151231257827021181583404541015625"
    default: nil
    }
  }
}
