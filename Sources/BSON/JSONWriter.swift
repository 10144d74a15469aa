/// Writes BSON as JSON text, the way JavaScript's `JSON.stringify` prints what the Node driver reads:
/// integers with all their digits, doubles in their shortest exact form, ObjectIds as hex strings, dates as
/// ISO 8601 strings, binary data as Base64, decimals as their digits. NaN and the infinities, which JSON
/// cannot express, become `null`, and so do types without a JSON counterpart.
package struct JSONWriter: Sendable {
  package private(set) var bytes: [UInt8] = []

  /// Starts with no text. `capacity` is the expected size in bytes; a good guess avoids reallocation.
  package init(capacity: Int = 256) {
    bytes.reserveCapacity(capacity)
  }

  package static func text(_ document: BSONDocument) -> [UInt8] {
    var writer = JSONWriter(capacity: document.bytes.count + document.bytes.count / 4)
    writer.append(document)
    return writer.bytes
  }

  /// Appends text that is already JSON, or a fragment of it, without quotes or escapes.
  package mutating func append(raw text: String) { bytes.append(contentsOf: text.utf8) }

  /// Appends text that is already JSON, or a fragment of it, without quotes or escapes.
  package mutating func append(raw text: [UInt8]) { bytes.append(contentsOf: text) }

  /// Appends the document as a JSON object.
  package mutating func append(_ document: BSONDocument) {
    bytes.append(UInt8(ascii: "{"))
    append(membersOf: document)
    bytes.append(UInt8(ascii: "}"))
  }

  /// Appends the members of the document, separated by commas, without the braces.
  package mutating func append(membersOf document: BSONDocument) {
    append(elementsOf: document.bytes.span, from: 0, areItems: false)
  }

  package mutating func append(valueOf element: BSONElement) {
    let value = element.valueBytes
    append(element.type, in: value.span, 0..<value.count)
  }

  /// Appends the members, or items, of the document that starts at `start`. Works on borrowed bytes, because
  /// making a ``BSONElement`` for each value would cost more than writing the value.
  private mutating func append(elementsOf span: Span<UInt8>, from start: Int, areItems: Bool) {
    let end = start + Int(span.littleEndian(at: start, count: 4)) - 1
    var position = start + 4
    while position < end, let type = BSONType(rawValue: span[position]),
      let keyEnd = span.terminator(from: position + 1), let size = type.size(of: span, at: keyEnd + 1)
    {
      if position > start + 4 { bytes.append(UInt8(ascii: ",")) }
      if !areItems {
        append(string: span, position + 1..<keyEnd)
        bytes.append(UInt8(ascii: ":"))
      }
      position = keyEnd + 1 + size
      append(type, in: span, keyEnd + 1..<position)
    }
  }

  private mutating func append(_ type: BSONType, in span: Span<UInt8>, _ value: Range<Int>) {
    let start = value.lowerBound
    switch type {
    case .string, .symbol, .code: append(string: span, start + 4..<value.upperBound - 1)
    case .document:
      bytes.append(UInt8(ascii: "{"))
      append(elementsOf: span, from: start, areItems: false)
      bytes.append(UInt8(ascii: "}"))
    case .array:
      bytes.append(UInt8(ascii: "["))
      append(elementsOf: span, from: start, areItems: true)
      bytes.append(UInt8(ascii: "]"))
    case .bool: append(raw: span[start] != 0 ? "true" : "false")
    case .int32:
      append(integer: Int64(Int32(truncatingIfNeeded: span.littleEndian(at: start, count: 4))))
    case .int64: append(integer: Int64(bitPattern: span.littleEndian(at: start, count: 8)))
    case .double: append(double: Double(bitPattern: span.littleEndian(at: start, count: 8)))
    case .objectId:
      bytes.append(UInt8(ascii: "\""))
      for position in value {
        bytes.append(hexDigits[Int(span[position] >> 4)])
        bytes.append(hexDigits[Int(span[position] & 15)])
      }
      bytes.append(UInt8(ascii: "\""))
    case .date:
      let milliseconds = Int64(bitPattern: span.littleEndian(at: start, count: 8))
      if let date = isoDate(milliseconds: milliseconds) { append(string: date) } else { append(raw: "null") }
    case .decimal128: append(string: decimal128Text(span.copy(value)[...]))
    case .binary: append(string: base64(span.copy(start + 5..<value.upperBound)[...]))
    case .null, .undefined, .regex, .dbPointer, .codeWithScope, .timestamp, .minKey, .maxKey:
      append(raw: "null")
    }
  }

  /// Appends the ObjectId as a string of hex digits.
  package mutating func append(_ id: ObjectId) {
    bytes.append(UInt8(ascii: "\""))
    id.appendHex(to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  package mutating func append(string: String) {
    bytes.append(UInt8(ascii: "\""))
    if string.utf8.contains(where: needsEscape) {
      for byte in string.utf8 { append(escaping: byte) }
    } else {
      bytes.append(contentsOf: string.utf8)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends a double in its shortest exact form.
  package mutating func append(double value: Double) {
    if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return append(integer: whole) }
    // Where Swift needs no exponent, it prints fractions exactly as JavaScript does.
    if value.magnitude >= 1e-4, value.magnitude < 1e15 {
      append(raw: value.description)
    } else {
      append(raw: javaScriptNumber(value))
    }
  }

  package mutating func append(integer: Int64) { append(raw: String(integer)) }

  private mutating func append(string span: Span<UInt8>, _ text: Range<Int>) {
    bytes.append(UInt8(ascii: "\""))
    var start = text.lowerBound
    for position in text where needsEscape(span[position]) {
      append(raw: span, start..<position)
      append(escaping: span[position])
      start = position + 1
    }
    append(raw: span, start..<text.upperBound)
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func append(raw span: Span<UInt8>, _ range: Range<Int>) {
    span.extracting(range).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
  }

  private func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func append(escaping byte: UInt8) {
    guard needsEscape(byte) else { return bytes.append(byte) }
    switch byte {
    case UInt8(ascii: "\""): append(raw: "\\\"")
    case UInt8(ascii: "\\"): append(raw: "\\\\")
    case 0x08: append(raw: "\\b")
    case 0x09: append(raw: "\\t")
    case 0x0A: append(raw: "\\n")
    case 0x0C: append(raw: "\\f")
    case 0x0D: append(raw: "\\r")
    default:
      append(raw: "\\u00")
      bytes.append(hexDigits[Int(byte >> 4)])
      bytes.append(hexDigits[Int(byte & 15)])
    }
  }
}

extension Span<UInt8> {
  fileprivate func copy(_ range: Range<Int>) -> [UInt8] {
    extracting(range).withUnsafeBufferPointer { Array($0) }
  }
}
