extension OutputSpan<UInt8> {
  /// Appends bytes, for which there has to be room.
  mutating func append(copying source: Span<UInt8>) {
    source.withUnsafeBufferPointer { source in
      withUnsafeMutableBufferPointer { buffer, count in
        // It checks that there is room.
        count = buffer.extracting(count...).initialize(fromContentsOf: source) + count
      }
    }
  }

  /// Appends a number, least significant byte first, as BSON stores its numbers.
  mutating func append(littleEndian value: some FixedWidthInteger) {
    var rest = value
    for _ in 0..<value.bitWidth / 8 {
      append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  /// Appends the digits of a number.
  mutating func append(decimal number: UInt64) {
    if number >= 10 { append(decimal: number / 10) }
    append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
  }

  /// Appends the bytes as lower-case hex digits, most significant first.
  mutating func append(hex value: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: value.bitWidth - 4, through: 0, by: -4) {
      append(hexDigit(UInt8(truncatingIfNeeded: value >> shift) & 15))
    }
  }
}

extension [UInt8] {
  /// Appends bytes in one piece.
  mutating func append(copying source: Span<UInt8>) {
    append(addingCapacity: source.count) { output in output.append(copying: source) }
  }
}

/// The lower-case digit of a value below 16.
func hexDigit(_ value: UInt8) -> UInt8 {
  value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
}
