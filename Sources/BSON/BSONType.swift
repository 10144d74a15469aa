/// The element types of BSON (bsonspec.org, version 1.1) by their type byte.
package enum BSONType: UInt8, Sendable {
  /// A 64-bit IEEE 754 number.
  case double = 0x01
  /// UTF-8 text.
  case string = 0x02
  case document = 0x03
  /// An array: a document with the keys `0`, `1`, …
  case array = 0x04
  /// Bytes with a subtype.
  case binary = 0x05
  /// Deprecated: no value.
  case undefined = 0x06
  case objectId = 0x07
  case bool = 0x08
  /// Milliseconds since 1970.
  case date = 0x09
  case null = 0x0A
  /// A pattern and its options.
  case regex = 0x0B
  /// Deprecated: a reference into another collection.
  case dbPointer = 0x0C
  /// JavaScript source.
  case code = 0x0D
  /// Deprecated: a name.
  case symbol = 0x0E
  /// Deprecated: JavaScript source and its variables.
  case codeWithScope = 0x0F
  case int32 = 0x10
  /// A replication timestamp.
  case timestamp = 0x11
  case int64 = 0x12
  case decimal128 = 0x13
  /// Sorts after everything.
  case maxKey = 0x7F
  /// Sorts before everything.
  case minKey = 0xFF

  /// The byte count of a value of this type that starts at `start`, read from its own length field
  /// where it has one; `nil` when the bytes end too early to tell.
  @inline(__always) func size(of bytes: Span<UInt8>, at start: Int) -> Int? {
    switch self {
    case .double, .date, .timestamp, .int64: return 8
    case .int32: return 4
    case .bool: return 1
    case .objectId: return 12
    case .decimal128: return 16
    case .null, .undefined, .minKey, .maxKey: return 0
    case .string, .code, .symbol: return bytes.length(at: start, plus: 4, least: 1)
    case .document, .array, .codeWithScope: return bytes.length(at: start, plus: 0, least: 5)
    case .binary: return bytes.length(at: start, plus: 5, least: 0)
    case .dbPointer: return bytes.length(at: start, plus: 16, least: 1)
    case .regex:
      guard let pattern = bytes.terminator(from: start), let options = bytes.terminator(from: pattern + 1)
      else { return nil }
      return options + 1 - start
    }
  }
}

extension Span<UInt8> {
  fileprivate func length(at start: Int, plus extra: Int, least: Int) -> Int? {
    guard start + 4 <= count else { return nil }
    let value = Int(Int32(bitPattern: littleEndian32(at: start)))
    return value < least ? nil : value + extra
  }
}
