/// Writes BSON as JSON text, the way JavaScript's `JSON.stringify` prints what the Node driver reads:
/// integers with all their digits, doubles in their shortest exact form, ObjectIds as hex strings, dates as
/// ISO 8601 strings, binary data as Base64, decimals as their digits. NaN and the infinities, which JSON
/// cannot say, become `null`, and so do types without a JSON counterpart.
public struct JSONWriter: Sendable {
  /// The text so far.
  public private(set) var bytes: [UInt8] = []

  /// Starts with no text; `capacity` in bytes spares reallocation.
  public init(capacity: Int = 256) {
    bytes.reserveCapacity(capacity)
  }

  /// The JSON text of one document.
  public static func text(_ document: BSONDocument) -> [UInt8] {
    var writer = JSONWriter(capacity: document.bytes.count + document.bytes.count / 4)
    writer.append(document)
    return writer.bytes
  }

  /// Appends text that is JSON, or a part of it, already.
  public mutating func append(raw text: String) { bytes.append(contentsOf: text.utf8) }

  /// Appends text that is JSON, or a part of it, already.
  public mutating func append(raw text: [UInt8]) { bytes.append(contentsOf: text) }

  /// Appends the document as a JSON object.
  public mutating func append(_ document: BSONDocument) {
    bytes.append(UInt8(ascii: "{"))
    append(membersOf: document)
    bytes.append(UInt8(ascii: "}"))
  }

  /// Appends the members of the document, separated by commas, without the braces.
  public mutating func append(membersOf document: BSONDocument) {
    var first = true
    for element in document {
      if !first { bytes.append(UInt8(ascii: ",")) }
      first = false
      append(string: element.keyBytes)
      bytes.append(UInt8(ascii: ":"))
      append(valueOf: element)
    }
  }

  /// Appends the value of the element.
  public mutating func append(valueOf element: BSONElement) {
    switch element.type {
    case .string, .symbol, .code:
      append(string: element.valueBytes.dropFirst(4).dropLast())
    case .document: if let document = element.document { append(document) }
    case .array: if let array = element.array { append(array: array) }
    case .bool: append(raw: element.bool == true ? "true" : "false")
    case .int32, .int64: if let value = element.integer { append(integer: value) }
    case .double: if let value = element.number { append(double: value) }
    case .objectId: if let id = element.objectId { append(id) }
    case .date:
      if let date = element.integer.flatMap(isoDate) { append(string: date) } else { append(raw: "null") }
    case .decimal128: append(string: decimal128Text(element.valueBytes))
    case .binary: append(string: base64(element.valueBytes.dropFirst(5)))
    case .null, .undefined, .regex, .dbPointer, .codeWithScope, .timestamp, .minKey, .maxKey:
      append(raw: "null")
    }
  }

  /// Appends the ObjectId as a string of hex digits.
  public mutating func append(_ id: ObjectId) {
    bytes.append(UInt8(ascii: "\""))
    id.appendHex(to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends a string in quotes.
  public mutating func append(string: String) {
    bytes.append(UInt8(ascii: "\""))
    if string.utf8.contains(where: needsEscape) {
      for byte in string.utf8 { append(escaping: byte) }
    } else {
      bytes.append(contentsOf: string.utf8)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends a double in its shortest exact form.
  public mutating func append(double value: Double) {
    if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return append(integer: whole) }
    // Where Swift needs no exponent its text of a fraction is JavaScript's.
    if value.magnitude >= 1e-4, value.magnitude < 1e15 {
      append(raw: value.description)
    } else {
      append(raw: javaScriptNumber(value))
    }
  }

  /// Appends an integer.
  public mutating func append(integer: Int64) { append(raw: String(integer)) }

  private mutating func append(array: BSONDocument) {
    bytes.append(UInt8(ascii: "["))
    var first = true
    for element in array {
      if !first { bytes.append(UInt8(ascii: ",")) }
      first = false
      append(valueOf: element)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func append(string text: ArraySlice<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    var start = text.startIndex
    for position in text.indices where needsEscape(text[position]) {
      bytes.append(contentsOf: text[start..<position])
      append(escaping: text[position])
      start = position + 1
    }
    bytes.append(contentsOf: text[start...])
    bytes.append(UInt8(ascii: "\""))
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
