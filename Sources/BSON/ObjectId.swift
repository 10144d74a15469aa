/// A MongoDB ObjectId: 12 bytes, shown as 24 lower-case hex digits.
package struct ObjectId: Hashable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let low: UInt32

  private init(high: UInt64, low: UInt32) {
    self.high = high
    self.low = low
  }

  /// Takes exactly 12 bytes, most significant first; `nil` for any other count.
  package init?(bytes: ArraySlice<UInt8>) {
    guard bytes.count == 12 else { return nil }
    let start = bytes.startIndex
    var high: UInt64 = 0
    var low: UInt32 = 0
    for index in 0..<8 { high = high << 8 | UInt64(bytes[start + index]) }
    for index in 8..<12 { low = low << 8 | UInt32(bytes[start + index]) }
    self.high = high
    self.low = low
  }

  /// Reads 24 hex digits of either case; `nil` for anything else.
  package init?(hex digits: ArraySlice<UInt8>) {
    guard digits.count == 24 else { return nil }
    let start = digits.startIndex
    var high: UInt64 = 0
    var low: UInt32 = 0
    for index in 0..<24 {
      guard let value = hexValue(digits[start + index]) else { return nil }
      if index < 16 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt32(value) }
    }
    self.high = high
    self.low = low
  }

  /// Reads 24 hex digits of either case; `nil` for anything else.
  package init?(_ hex: String) {
    self.init(hex: Array(hex.utf8)[...])
  }

  /// The 12 bytes, most significant first, as BSON stores them.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(12)
    append(to: &bytes)
    return bytes
  }

  package func append(to output: inout [UInt8]) {
    output.append(addingCapacity: 12) { output in append(to: &output) }
  }

  func append(to output: inout OutputSpan<UInt8>) {
    output.append(littleEndian: high.byteSwapped)
    output.append(littleEndian: low.byteSwapped)
  }

  /// Appends the 24 lower-case hex digits, without quotes.
  package func appendHex(to output: inout [UInt8]) {
    output.append(addingCapacity: 24) { output in appendHex(to: &output) }
  }

  func appendHex(to output: inout OutputSpan<UInt8>) {
    output.append(hex: high)
    output.append(hex: low)
  }

  /// The 24 lower-case hex digits.
  package var description: String {
    var digits: [UInt8] = []
    digits.reserveCapacity(24)
    appendHex(to: &digits)
    return String(decoding: digits, as: UTF8.self)
  }
}

extension ObjectId: Comparable {
  /// The one that no other precedes.
  package static let least = ObjectId(high: 0, low: 0)

  /// In the order of the bytes, as MongoDB orders them.
  package static func < (left: ObjectId, right: ObjectId) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

/// The value of one hex digit of either case; `nil` for any other byte.
func hexValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
  default: nil
  }
}
