extension JSON {
  /// Reads one JSON text (RFC 8259), strictly.
  ///
  /// These are bad: invalid UTF-8, lone surrogates, nesting deeper than `deepest` levels (the outermost
  /// object or array is level 1), numbers that overflow, keys with NUL, and anything after the value. The
  /// last of equal keys counts.
  package static func parse(_ bytes: [UInt8], deepest: Int = 100) throws(BadLine) -> JSON {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw BadLine("not UTF-8")
    }
    var parser = JSONParser(bytes: bytes, deepest: deepest)
    parser.skipSpace()
    let value = try parser.value(level: 1)
    parser.skipSpace()
    guard parser.next == nil else { throw parser.bad("something follows the value") }
    return value
  }

  /// Reads one JSON text, strictly.
  package static func parse(_ text: String, deepest: Int = 100) throws(BadLine) -> JSON {
    try parse(Array(text.utf8), deepest: deepest)
  }
}

/// A recursive-descent parser over bytes that are known to be valid UTF-8.
struct JSONParser {
  let bytes: [UInt8]
  let deepest: Int
  var position = 0

  init(bytes: [UInt8], deepest: Int) {
    self.bytes = bytes
    self.deepest = deepest
  }

  /// The next byte; `nil` at the end.
  var next: UInt8? {
    position < bytes.count ? bytes[position] : nil
  }

  func bad(_ what: String) -> BadLine {
    BadLine("not JSON: \(what) at byte \(position)")
  }

  mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) {
      position += 1
    }
  }

  /// Takes the character if it comes next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let byte = next, UInt32(byte) == character.value else { return false }
    position += 1
    return true
  }

  mutating func take(word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  mutating func value(level: Int) throws(BadLine) -> JSON {
    guard let byte = next else { throw bad("the text ends") }
    switch Unicode.Scalar(byte) {
    case "{": return .object(try object(level: level))
    case "[": return .array(try array(level: level))
    case "\"": return .string(try string())
    case "-", "0"..."9": return try number()
    default: break
    }
    if take(word: "null") { return .null }
    if take(word: "true") { return .bool(true) }
    if take(word: "false") { return .bool(false) }
    throw bad("no value")
  }

  mutating func object(level: Int) throws(BadLine) -> Fields {
    guard level <= deepest else { throw bad("nested too deep") }
    var fields = Fields()
    _ = take("{")
    skipSpace()
    if take("}") { return fields }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw bad("no key") }
      let key = try string()
      guard !key.utf8.contains(0) else { throw bad("a key with NUL") }
      skipSpace()
      guard take(":") else { throw bad("no colon") }
      skipSpace()
      fields[ExactString(key)] = try value(level: level + 1)
      skipSpace()
      if take("}") { return fields }
      guard take(",") else { throw bad("no comma") }
    }
  }

  mutating func array(level: Int) throws(BadLine) -> [JSON] {
    guard level <= deepest else { throw bad("nested too deep") }
    var elements: [JSON] = []
    _ = take("[")
    skipSpace()
    if take("]") { return elements }
    while true {
      skipSpace()
      elements.append(try value(level: level + 1))
      skipSpace()
      if take("]") { return elements }
      guard take(",") else { throw bad("no comma") }
    }
  }
}
