/// Reading and searching bytes a word at a time: documents and texts are walked for every update, and most of what is
/// looked for is a few bytes away.
extension Span<UInt8> {
  /// Four bytes from `start`, least significant first, as BSON stores its numbers.
  func littleEndian32(at start: Int) -> UInt32 {
    UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt32.self))
  }

  /// Eight bytes from `start`, least significant first, as BSON stores its numbers.
  func littleEndian64(at start: Int) -> UInt64 {
    UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
  }

  /// The position of the next zero byte, `nil` when there is none.
  func terminator(from start: Int) -> Int? {
    var position = start
    while position + 8 <= count {
      let zeros = markingZeros(littleEndian64(at: position))
      if zeros != 0 { return position + zeros.trailingZeroBitCount / 8 }
      position += 8
    }
    while position < count {
      if self[position] == 0 { return position }
      position += 1
    }
    return nil
  }

  /// The position of the first byte in `range` that cannot stand in a JSON string as it is: a quote, a backslash or a
  /// control character. `range.upperBound` when there is none.
  func endOfPlainText(in range: Range<Int>) -> Int {
    var position = range.lowerBound
    while position + 8 <= range.upperBound {
      let word = littleEndian64(at: position)
      let special =
        markingZeros(word ^ everyByte(UInt8(ascii: "\"")))
        | markingZeros(word ^ everyByte(UInt8(ascii: "\\")))
        | (word &- everyByte(0x20)) & ~word & everyByte(0x80)
      if special != 0 { return position + special.trailingZeroBitCount / 8 }
      position += 8
    }
    while position < range.upperBound, !needsEscape(self[position]) { position += 1 }
    return position
  }

  /// Whether the bytes in `range` are these.
  func holds(_ text: Span<UInt8>, in range: Range<Int>) -> Bool {
    guard text.count == range.count else { return false }
    for index in 0..<text.count where self[range.lowerBound + index] != text[index] { return false }
    return true
  }
}

/// Whether a byte has to be escaped in a JSON string (RFC 8259, section 7).
func needsEscape(_ byte: UInt8) -> Bool {
  byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
}

/// A word whose eight bytes are all this one.
private func everyByte(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

/// Sets the highest bit of the lowest byte that is zero. Of bytes above that one the bits tell nothing; without a zero
/// byte the result is 0.
private func markingZeros(_ word: UInt64) -> UInt64 { (word &- everyByte(1)) & ~word & everyByte(0x80) }
