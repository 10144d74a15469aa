import CRabbitMQ
import Foundation

extension amqp_bytes_t {
  /// The bytes, copied out.
  var array: [UInt8] {
    guard let bytes, len > 0 else { return [] }
    return Array(UnsafeRawBufferPointer(start: bytes, count: len))
  }

  /// The bytes as text, copied out; what is not UTF-8 is replaced.
  var text: String {
    guard let bytes, len > 0 else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: bytes, count: len), as: UTF8.self)
  }

  /// A range of a buffer, which must outlive the value.
  init(_ buffer: UnsafeRawBufferPointer, _ range: Range<Int>) {
    self.init(
      len: range.count,
      bytes: buffer.baseAddress.map { UnsafeMutableRawPointer(mutating: $0 + range.lowerBound) })
  }

  /// All of a buffer, which must outlive the value.
  init(_ buffer: UnsafeRawBufferPointer) {
    self.init(buffer, 0..<buffer.count)
  }

  /// Whether these bytes are this text.
  func isEqual(to text: StaticString) -> Bool {
    guard let bytes, len == text.utf8CodeUnitCount else { return false }
    return memcmp(bytes, text.utf8Start, len) == 0
  }
}

/// Lends a text as bytes.
func withBytes<Result>(_ text: String, _ body: (amqp_bytes_t) throws -> Result) rethrows -> Result {
  var text = text
  return try text.withUTF8 { try body(amqp_bytes_t(UnsafeRawBufferPointer($0))) }
}

extension amqp_table_entry_t {
  /// An entry with text, whose bytes must outlive it.
  init(_ key: StaticString, _ value: amqp_bytes_t) {
    self.init()
    self.key = amqp_bytes_t(key)
    self.value.kind = UInt8(ascii: "S")
    self.value.value.bytes = value
  }

  init(_ key: StaticString, _ value: Bool) {
    self.init()
    self.key = amqp_bytes_t(key)
    self.value.kind = UInt8(ascii: "t")
    self.value.value.boolean = value ? 1 : 0
  }

  init(_ key: StaticString, _ value: Int64) {
    self.init()
    self.key = amqp_bytes_t(key)
    self.value.kind = UInt8(ascii: "l")
    self.value.value.i64 = value
  }

  /// An entry with a table, which must outlive it.
  init(_ key: StaticString, _ table: amqp_table_t) {
    self.init()
    self.key = amqp_bytes_t(key)
    self.value.kind = UInt8(ascii: "F")
    self.value.value.table = table
  }
}

extension amqp_field_value_t {
  /// The value, if it is an integer; the largest one where it does not fit.
  var integer: Int64? {
    switch UnicodeScalar(kind) {
    case "b": Int64(value.i8)
    case "B": Int64(value.u8)
    case "s": Int64(value.i16)
    case "u": Int64(value.u16)
    case "I": Int64(value.i32)
    case "i": Int64(value.u32)
    case "l": value.i64
    case "L", "T": Int64(clamping: value.u64)
    default: nil
    }
  }
}

extension amqp_bytes_t {
  /// The bytes of a text that lives as long as the program.
  init(_ text: StaticString) {
    self.init(len: text.utf8CodeUnitCount, bytes: UnsafeMutableRawPointer(mutating: text.utf8Start))
  }
}

extension amqp_table_t {
  /// A table of these entries, which must outlive it.
  init(_ entries: UnsafeMutableBufferPointer<amqp_table_entry_t>) {
    self.init(num_entries: Int32(entries.count), entries: entries.baseAddress)
  }
}

extension Duration {
  var timeval: Foundation.timeval {
    let (seconds, attoseconds) = components
    return .init(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
  }
}
