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
  package mutating func append(raw text: String) { bytes.append(copying: text.utf8Span.span) }

  /// Appends text that is already JSON, or a fragment of it, without quotes or escapes.
  package mutating func append(raw text: [UInt8]) { bytes.append(copying: text.span) }

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
    let end = start + Int(span.littleEndian32(at: start)) - 1
    var position = start + 4
    while position < end, let type = BSONType(rawValue: span[position]),
      let keyEnd = span.terminator(from: position + 1), let size = type.size(of: span, at: keyEnd + 1)
    {
      let isFirst = position == start + 4
      if areItems {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
      } else {
        append(
          string: span, position + 1..<keyEnd, after: isFirst ? nil : UInt8(ascii: ","),
          before: UInt8(ascii: ":"))
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
      append(integer: Int64(Int32(bitPattern: span.littleEndian32(at: start))))
    case .int64: append(integer: Int64(bitPattern: span.littleEndian64(at: start)))
    case .double: append(double: Double(bitPattern: span.littleEndian64(at: start)))
    case .objectId:
      bytes.append(addingCapacity: 26) { output in
        output.append(UInt8(ascii: "\""))
        for position in value { output.append(hex: span[position]) }
        output.append(UInt8(ascii: "\""))
      }
    case .date:
      let milliseconds = Int64(bitPattern: span.littleEndian64(at: start))
      if let date = isoDate(milliseconds: milliseconds) { append(string: date) } else { append(raw: "null") }
    case .decimal128: append(string: decimal128Text(span.extracting(value)))
    case .binary: append(string: base64(span.extracting(start + 5..<value.upperBound)))
    case .null, .undefined, .regex, .dbPointer, .codeWithScope, .timestamp, .minKey, .maxKey:
      append(raw: "null")
    }
  }

  /// Appends the ObjectId as a string of hex digits.
  package mutating func append(_ id: ObjectId) {
    bytes.append(addingCapacity: 26) { output in
      output.append(UInt8(ascii: "\""))
      id.appendHex(to: &output)
      output.append(UInt8(ascii: "\""))
    }
  }

  package mutating func append(string: String) {
    let text = string.utf8Span.span
    append(string: text, text.indices)
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

  package mutating func append(integer: Int64) {
    // The longest is the least one, with 19 digits and the sign.
    bytes.append(addingCapacity: 20) { output in
      if integer < 0 { output.append(UInt8(ascii: "-")) }
      output.append(decimal: integer.magnitude)
    }
  }

  /// Appends the text in quotes, between two bytes that are wanted as they are.
  private mutating func append(
    string span: Span<UInt8>, _ text: Range<Int>, after first: UInt8? = nil, before last: UInt8? = nil
  ) {
    var end = span.endOfPlainText(in: text)
    bytes.append(addingCapacity: end - text.lowerBound + 4) { output in
      if let first { output.append(first) }
      output.append(UInt8(ascii: "\""))
      output.append(copying: span.extracting(text.lowerBound..<end))
      // Nearly all texts are plain to their end.
      if end == text.upperBound {
        output.append(UInt8(ascii: "\""))
        if let last { output.append(last) }
      }
    }
    if end == text.upperBound { return }
    while end < text.upperBound {
      append(escaping: span[end])
      let start = end + 1
      end = span.endOfPlainText(in: start..<text.upperBound)
      bytes.append(copying: span.extracting(start..<end))
    }
    bytes.append(UInt8(ascii: "\""))
    if let last { bytes.append(last) }
  }

  /// Appends the escape of a byte that needs one.
  private mutating func append(escaping byte: UInt8) {
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
      bytes.append(hexDigit(byte >> 4))
      bytes.append(hexDigit(byte & 15))
    }
  }
}
