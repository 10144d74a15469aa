/// Checks the structure of bytes from outside once, so that everything that reads them later can rely on it.
enum BSONValidator {
  /// The most levels that are accepted. MongoDB allows 200, so this has room to spare.
  static let deepest = 250

  /// - Throws: ``BSONError`` unless the bytes are one well-formed document.
  static func validate(_ bytes: Span<UInt8>) throws(BSONError) {
    try validateDocument(bytes, from: 0, to: bytes.count, level: 1)
  }

  private static func validateDocument(_ bytes: Span<UInt8>, from start: Int, to end: Int, level: Int)
    throws(BSONError)
  {
    guard level <= Self.deepest else { throw fault(start, "nested deeper than \(Self.deepest) levels") }
    guard end - start >= 5 else { throw fault(start, "shorter than 5 bytes") }
    guard Int(bytes.littleEndian32(at: start)) == end - start else {
      throw fault(start, "a length that does not fit")
    }
    guard bytes[end - 1] == 0 else { throw fault(end - 1, "no terminator") }
    var position = start + 4
    while position < end - 1 {
      position = try validateElement(bytes, at: position, within: end - 1, level: level)
    }
  }

  /// Returns the position after the element.
  private static func validateElement(
    _ bytes: Span<UInt8>, at position: Int, within end: Int, level: Int
  ) throws(BSONError) -> Int {
    guard let type = BSONType(rawValue: bytes[position]) else {
      throw fault(position, "an unknown type \(bytes[position])")
    }
    guard let keyEnd = bytes.terminator(from: position + 1), keyEnd < end else {
      throw fault(position, "a key without its end")
    }
    try validateText(bytes, position + 1, keyEnd)
    let start = keyEnd + 1
    guard let size = type.size(of: bytes, at: start), size <= end - start else {
      throw fault(start, "a value that ends too late")
    }
    switch type {
    case .document, .array:
      try validateDocument(bytes, from: start, to: start + size, level: level + 1)
    case .string, .code, .symbol:
      guard bytes[start + size - 1] == 0 else { throw fault(start, "a string without its end") }
      try validateText(bytes, start + 4, start + size - 1)
    case .bool:
      guard bytes[start] <= 1 else { throw fault(start, "a boolean that is neither 0 nor 1") }
    default: break
    }
    return start + size
  }

  private static func validateText(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) throws(BSONError) {
    guard firstInvalidUTF8(bytes.extracting(start..<end)) == nil else {
      throw fault(start, "text that is not UTF-8")
    }
  }

  private static func fault(_ position: Int, _ reason: String) -> BSONError {
    BSONError(offset: position, reason: reason)
  }
}

/// The offset of the first byte that is not valid UTF-8, `nil` when all are.
func firstInvalidUTF8(_ bytes: Span<UInt8>) -> Int? {
  do {
    _ = try UTF8Span(validating: bytes)
    return nil
  } catch {
    return error.byteOffsets.lowerBound
  }
}
