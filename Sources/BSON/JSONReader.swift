/// Reads one JSON object (RFC 8259) straight into a ``BSONDocument``.
///
/// Stricter than most readers, as spec section 1 asks: invalid UTF-8, lone surrogates, numbers that overflow,
/// more than ``deepest`` levels and more than ``largest`` bytes of BSON are refused. Of equal keys the last
/// counts. Integers that fit into 64 bits keep all their digits as BSON integers; other numbers become the
/// nearest double. `{"$oid": …}` and the like stay ordinary objects, which is why this is not libbson's
/// reader (docs/decisions).
package struct JSONReader {
  /// How many levels of objects and arrays are allowed; the outermost object is level 1.
  package static let deepest = 100
  /// How many bytes of BSON a text may become: three times what MongoDB stores as one document, so that no
  /// event is refused that could be stored once its unknown sections are left out. Without a bound, an array
  /// of small items would become many times as large as its text.
  package static let largest = 3 * BSONDocument.largestStored

  private let input: [UInt8]
  private var position = 0
  private var level = 0
  private var output: BSONWriter
  /// The elements of the objects that are open, outermost first: where each starts, and where its key lies.
  private var elements: [(start: Int, key: Range<Int>)] = []

  /// Reads the one object that `text` holds.
  ///
  /// - Throws: ``JSONError`` for anything else.
  package static func object(_ text: [UInt8]) throws(JSONError) -> BSONDocument {
    if let offset = firstInvalidUTF8(text.span) {
      throw JSONError(offset: offset, reason: "invalid UTF-8")
    }
    var reader = JSONReader(text)
    return try reader.readRoot()
  }

  private init(_ input: [UInt8]) {
    self.input = input
    elements.reserveCapacity(32)
    output = BSONWriter(capacity: min(input.count + input.count / 4, Self.largest) + 64)
  }

  private mutating func readRoot() throws(JSONError) -> BSONDocument {
    skipSpace()
    guard peek == UInt8(ascii: "{") else {
      throw fault(peek == nil ? "it ends too early" : "it is not an object")
    }
    try readObject()
    skipSpace()
    guard position == input.count else { throw fault("something follows the object") }
    return output.finish()
  }

  private var peek: UInt8? { position < input.count ? input[position] : nil }

  private func fault(_ reason: String) -> JSONError { JSONError(offset: position, reason: reason) }

  private mutating func skipSpace() {
    while position < input.count {
      switch input[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private mutating func expect(_ byte: UInt8, _ name: String) throws(JSONError) {
    skipSpace()
    guard peek == byte else { throw fault(peek == nil ? "it ends too early" : "\(name) expected") }
    position += 1
  }

  private mutating func descend() throws(JSONError) {
    level += 1
    guard level <= Self.deepest else { throw fault("nested deeper than \(Self.deepest) levels") }
    position += 1
  }

  // MARK: - Objects and arrays, whose document is already open

  private mutating func readObject() throws(JSONError) {
    try descend()
    let first = elements.count
    skipSpace()
    if peek == UInt8(ascii: "}") {
      position += 1
    } else {
      var more = true
      while more {
        skipSpace()
        guard peek == UInt8(ascii: "\"") else {
          throw fault(peek == nil ? "it ends too early" : "a key in quotes expected")
        }
        let start = output.reserveType()
        let keyStart = output.count
        try readString(isKey: true)
        elements.append((start, keyStart..<output.count))
        output.append(raw: 0)
        try expect(UInt8(ascii: ":"), "':'")
        output.setType(try readValue(), at: start)
        more = try another(closing: UInt8(ascii: "}"))
      }
      dropEarlierDuplicates(from: first)
    }
    level -= 1
  }

  private mutating func readArray() throws(JSONError) {
    try descend()
    skipSpace()
    if peek == UInt8(ascii: "]") {
      position += 1
    } else {
      var index = 0
      var more = true
      while more {
        let start = output.reserveType()
        output.append(decimal: index)
        output.append(raw: 0)
        output.setType(try readValue(), at: start)
        index += 1
        more = try another(closing: UInt8(ascii: "]"))
      }
    }
    level -= 1
  }

  /// Steps over `,` or the closing bracket; returns whether another element follows.
  private mutating func another(closing: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    switch peek {
    case UInt8(ascii: ","):
      position += 1
      return true
    case closing:
      position += 1
      return false
    case nil: throw fault("it ends too early")
    default: throw fault("',' or '\(Character(UnicodeScalar(closing)))' expected")
    }
  }

  /// Of equal keys the last counts: the earlier ones are cut out of the object that ends here.
  private mutating func dropEarlierDuplicates(from first: Int) {
    let count = elements.count - first
    guard count > 1 else {
      elements.removeLast(count)
      return
    }
    if hasDuplicates(from: first) {
      var last: [ArraySlice<UInt8>: Int] = [:]
      for index in first..<elements.count { last[output.slice(elements[index].key)] = index }
      var ranges: [Range<Int>] = []
      for index in last.values.sorted() {
        let end = index + 1 < elements.count ? elements[index + 1].start : output.count
        ranges.append(elements[index].start..<end)
      }
      let start = elements[first].start
      last = [:]
      output.keep(ranges, from: start)
    }
    elements.removeLast(count)
  }

  private func hasDuplicates(from first: Int) -> Bool {
    if elements.count - first > 24 {
      var seen: Set<ArraySlice<UInt8>> = []
      return elements[first...].contains { !seen.insert(output.slice($0.key)).inserted }
    }
    for index in (first + 1)..<elements.count {
      let key = elements[index].key
      for earlier in first..<index where elements[earlier].key.count == key.count {
        if output.holdsSame(elements[earlier].key, key) { return true }
      }
    }
    return false
  }

  // MARK: - Values

  private mutating func readValue() throws(JSONError) -> BSONType {
    guard output.count <= Self.largest else {
      throw fault("more than \(Self.largest >> 20) MiB of BSON, which no MongoDB document can hold,")
    }
    skipSpace()
    guard let first = peek else { throw fault("it ends too early") }
    switch first {
    case UInt8(ascii: "{"):
      output.openUnkeyed()
      try readObject()
      output.close()
      return .document
    case UInt8(ascii: "["):
      output.openUnkeyed()
      try readArray()
      output.close()
      return .array
    case UInt8(ascii: "\""):
      let length = output.count
      output.append(uint32: 0)
      try readString(isKey: false)
      output.append(raw: 0)
      output.overwrite(uint32: UInt32(truncatingIfNeeded: output.count - length - 4), at: length)
      return .string
    case UInt8(ascii: "t"):
      try readWord("true")
      output.append(raw: 1)
      return .bool
    case UInt8(ascii: "f"):
      try readWord("false")
      output.append(raw: 0)
      return .bool
    case UInt8(ascii: "n"):
      try readWord("null")
      return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return try readNumber()
    default: throw fault("a value expected")
    }
  }

  private mutating func readWord(_ word: String) throws(JSONError) {
    for byte in word.utf8 {
      guard peek == byte else { throw fault(peek == nil ? "it ends too early" : "a value expected") }
      position += 1
    }
  }

  private mutating func readNumber() throws(JSONError) -> BSONType {
    let start = position
    let negative = peek == UInt8(ascii: "-")
    if negative { position += 1 }
    let digits = try readDigits()
    if digits.count > 1, input[digits.lowerBound] == UInt8(ascii: "0") {
      position = start
      throw fault("a number that starts with 0")
    }
    var isInteger = true
    if peek == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      _ = try readDigits()
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
      _ = try readDigits()
    }
    if isInteger, let value = integer(digits, negative: negative) {
      if let small = Int32(exactly: value) {
        output.append(uint32: UInt32(bitPattern: small))
        return .int32
      }
      output.append(uint64: UInt64(bitPattern: value))
      return .int64
    }
    guard let value = Double(String(decoding: input[start..<position], as: UTF8.self)), value.isFinite else {
      position = start
      throw fault("a number too large for a double")
    }
    output.append(uint64: value.bitPattern)
    return .double
  }

  private mutating func readDigits() throws(JSONError) -> Range<Int> {
    let start = position
    while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
    guard position > start else { throw fault(peek == nil ? "it ends too early" : "a digit expected") }
    return start..<position
  }

  private func integer(_ digits: Range<Int>, negative: Bool) -> Int64? {
    guard digits.count <= 19 else { return nil }
    var magnitude: UInt64 = 0
    for index in digits { magnitude = magnitude * 10 + UInt64(input[index] - UInt8(ascii: "0")) }
    if negative {
      return magnitude <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }
    return Int64(exactly: magnitude)
  }

  // MARK: - Strings

  /// Appends the text between the quotes, unescaped.
  private mutating func readString(isKey: Bool) throws(JSONError) {
    position += 1
    // A reference of its own, because `self` changes while the text is read.
    let input = input
    while true {
      let start = position
      position = input.span.endOfPlainText(in: start..<input.count)
      output.append(raw: input.span.extracting(start..<position))
      switch peek {
      case UInt8(ascii: "\""):
        position += 1
        return
      case UInt8(ascii: "\\"): try readEscape(isKey: isKey)
      case nil: throw fault("it ends too early")
      default: throw fault("a control character in a string")
      }
    }
  }

  private mutating func readEscape(isKey: Bool) throws(JSONError) {
    position += 1
    guard let letter = peek else { throw fault("it ends too early") }
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(raw: letter)
    case UInt8(ascii: "b"): output.append(raw: 0x08)
    case UInt8(ascii: "f"): output.append(raw: 0x0C)
    case UInt8(ascii: "n"): output.append(raw: 0x0A)
    case UInt8(ascii: "r"): output.append(raw: 0x0D)
    case UInt8(ascii: "t"): output.append(raw: 0x09)
    case UInt8(ascii: "u"):
      let scalar = try readEscapedScalar()
      if isKey, scalar.value == 0 { throw fault("a key holds NUL, which MongoDB cannot store") }
      for byte in String(scalar).utf8 { output.append(raw: byte) }
    default:
      position -= 1
      throw fault("an unknown escape")
    }
  }

  private mutating func readEscapedScalar() throws(JSONError) -> UnicodeScalar {
    let start = position
    let unit = try readFourHexDigits()
    var value = unit
    if unit >= 0xD800, unit < 0xDC00, peek == UInt8(ascii: "\\"), position + 1 < input.count,
      input[position + 1] == UInt8(ascii: "u")
    {
      position += 2
      let low = try readFourHexDigits()
      if low >= 0xDC00, low < 0xE000 { value = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00) }
    }
    guard let scalar = UnicodeScalar(value) else {
      position = start - 2
      throw fault("a lone surrogate")
    }
    return scalar
  }

  private mutating func readFourHexDigits() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek else { throw fault("it ends too early") }
      guard let digit = hexValue(byte) else { throw fault("a hex digit expected") }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
