/// Checks the structure of bytes from outside once, so that every later reading can rely on it.
struct BSONValidator {
  /// What libbson and MongoDB accept as well, with room to spare (MongoDB: 200).
  static let deepest = 250

  private let bytes: ArraySlice<UInt8>

  init(bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  mutating func validate() throws(BSONError) {
    try validateDocument(from: bytes.startIndex, to: bytes.endIndex, level: 1)
  }

  private func validateDocument(from start: Int, to end: Int, level: Int) throws(BSONError) {
    guard level <= Self.deepest else { throw fault(start, "nested deeper than \(Self.deepest) levels") }
    guard end - start >= 5 else { throw fault(start, "shorter than 5 bytes") }
    guard littleEndian(bytes, at: start, count: 4) == UInt64(end - start) else {
      throw fault(start, "a length that does not fit")
    }
    guard bytes[end - 1] == 0 else { throw fault(end - 1, "no terminator") }
    var position = start + 4
    while position < end - 1 {
      position = try validateElement(at: position, within: end - 1, level: level)
    }
  }

  /// Returns the position behind the element.
  private func validateElement(at position: Int, within end: Int, level: Int) throws(BSONError) -> Int {
    guard let type = BSONType(rawValue: bytes[position]) else {
      throw fault(position, "an unknown type \(bytes[position])")
    }
    guard let keyEnd = bytes[(position + 1)..<end].firstIndex(of: 0) else {
      throw fault(position, "a key without its end")
    }
    try validateText(position + 1, keyEnd)
    let start = keyEnd + 1
    guard let size = type.size(of: bytes[..<end], at: start), size <= end - start else {
      throw fault(start, "a value that ends too late")
    }
    switch type {
    case .document, .array:
      try validateDocument(from: start, to: start + size, level: level + 1)
    case .string, .code, .symbol:
      guard bytes[start + size - 1] == 0 else { throw fault(start, "a string without its end") }
      try validateText(start + 4, start + size - 1)
    case .bool:
      guard bytes[start] <= 1 else { throw fault(start, "a boolean that is neither 0 nor 1") }
    default: break
    }
    return start + size
  }

  private func validateText(_ start: Int, _ end: Int) throws(BSONError) {
    guard isUTF8(bytes[start..<end]) else { throw fault(start, "text that is not UTF-8") }
  }

  private func fault(_ position: Int, _ reason: String) -> BSONError {
    BSONError(offset: position - bytes.startIndex, reason: reason)
  }
}

/// Whether the bytes are valid UTF-8; the offset of the first that are not is in ``firstInvalidUTF8(_:)``.
func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
  firstInvalidUTF8(bytes) == nil
}

/// The offset, from the start of the slice, of the first byte that is not valid UTF-8.
func firstInvalidUTF8(_ bytes: ArraySlice<UInt8>) -> Int? {
  do {
    _ = try UTF8Span(validating: bytes.span)
    return nil
  } catch {
    return error.byteOffsets.lowerBound
  }
}
