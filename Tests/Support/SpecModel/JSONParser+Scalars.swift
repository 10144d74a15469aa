extension JSONParser {
  mutating func string() throws(BadLine) -> String {
    var content: [UInt8] = []
    _ = take("\"")
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"):
        content += Array(String(try escape()).utf8)
      case 0..<0x20:
        throw bad("a raw control character")
      default:
        content.append(byte)
      }
    }
    throw bad("a string that does not end")
  }

  /// The rest of an escape, after its backslash.
  private mutating func escape() throws(BadLine) -> Unicode.Scalar {
    guard let byte = next else { throw bad("a string that does not end") }
    position += 1
    switch Unicode.Scalar(byte) {
    case "\"": return "\""
    case "\\": return "\\"
    case "/": return "/"
    case "b": return "\u{08}"
    case "f": return "\u{0C}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u": return try unicodeEscape()
    default: throw bad("an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(BadLine) -> Unicode.Scalar {
    let first = try fourHexDigits()
    guard (0xD800...0xDBFF).contains(first) else {
      guard let scalar = Unicode.Scalar(first) else { throw bad("a lone low surrogate") }
      return scalar
    }
    guard take("\\"), take("u") else { throw bad("a lone high surrogate") }
    let second = try fourHexDigits()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) * 0x400 + (second - 0xDC00))
    else { throw bad("a lone high surrogate") }
    return scalar
  }

  private mutating func fourHexDigits() throws(BadLine) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).asciiHexDigit else {
        throw bad("no hex digit")
      }
      position += 1
      value = value * 16 + digit
    }
    return value
  }

  /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`
  mutating func number() throws(BadLine) -> JSON {
    let start = position
    var isInteger = true
    _ = take("-")
    if !take("0") {
      try digits()
    }
    if take(".") {
      isInteger = false
      try digits()
    }
    if take("e") || take("E") {
      isInteger = false
      if !take("+") { _ = take("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int64(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw bad("a number that overflows") }
    return .double(value)
  }

  private mutating func digits() throws(BadLine) {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      position += 1
    }
    guard position > start else { throw bad("no digit") }
  }
}

extension Character {
  /// The value of an ASCII hex digit, `nil` for anything else.
  fileprivate var asciiHexDigit: UInt32? {
    guard isASCII, let value = hexDigitValue else { return nil }
    return UInt32(value)
  }
}
