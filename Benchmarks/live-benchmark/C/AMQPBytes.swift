import CRabbitMQ
import Foundation

extension amqp_bytes_t {
  /// A text that lives as long as the program.
  init(_ text: StaticString) {
    self.init(len: text.utf8CodeUnitCount, bytes: UnsafeMutableRawPointer(mutating: text.utf8Start))
  }

  /// The bytes as text.
  var text: String {
    guard let bytes, len > 0 else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: bytes, count: len), as: UTF8.self)
  }

  /// Whether these bytes are this text.
  func isEqual(to text: StaticString) -> Bool {
    guard let bytes, len == text.utf8CodeUnitCount else { return false }
    return memcmp(bytes, text.utf8Start, len) == 0
  }
}

extension amqp_table_entry_t {
  init(_ key: StaticString, _ value: amqp_bytes_t) {
    self.init()
    self.key = amqp_bytes_t(key)
    self.value.kind = UInt8(ascii: "S")
    self.value.value.bytes = value
  }

  init(_ key: StaticString, _ value: Int64) {
    self.init()
    self.key = amqp_bytes_t(key)
    self.value.kind = UInt8(ascii: "l")
    self.value.value.i64 = value
  }
}
