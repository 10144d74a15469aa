import BSON
import CMongoC
import CRabbitMQ
import Foundation

/// A document as libmongoc takes it.
///
/// `@unchecked Sendable`: never changed after it was made.
final class CDocument: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ document: BSONDocument) throws {
    let made = document.bytes.withUnsafeBufferPointer { bson_new_from_data($0.baseAddress, $0.count) }
    guard let made else { throw BenchmarkError("libbson does not take a document") }
    pointer = made
  }

  deinit {
    bson_destroy(pointer)
  }
}

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
  /// An entry of text.
  init(_ key: StaticString, _ value: amqp_bytes_t) {
    self.init()
    self.key = amqp_bytes_t(key)
    self.value.kind = UInt8(ascii: "S")
    self.value.value.bytes = value
  }

  /// An entry of an integer of 64 bits.
  init(_ key: StaticString, _ value: Int64) {
    self.init()
    self.key = amqp_bytes_t(key)
    self.value.kind = UInt8(ascii: "l")
    self.value.value.i64 = value
  }
}

/// Memory that is freed all at once.
final class Arena {
  private var pieces: [UnsafeMutableRawPointer] = []

  deinit {
    for piece in pieces { piece.deallocate() }
  }

  /// A copy of the bytes.
  func bytes(_ source: some Collection<UInt8>) -> amqp_bytes_t {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, source.count), alignment: 1)
    UnsafeMutableRawBufferPointer(start: memory, count: source.count).copyBytes(from: source)
    pieces.append(memory)
    return amqp_bytes_t(len: source.count, bytes: memory)
  }

  /// A copy of the text.
  func bytes(_ text: String) -> amqp_bytes_t { bytes(text.utf8) }

  /// A table of these entries.
  func table(_ entries: [amqp_table_entry_t]) -> amqp_table_t {
    let memory = UnsafeMutablePointer<amqp_table_entry_t>.allocate(capacity: max(1, entries.count))
    for (index, entry) in entries.enumerated() { (memory + index).initialize(to: entry) }
    pieces.append(UnsafeMutableRawPointer(memory))
    return amqp_table_t(num_entries: Int32(entries.count), entries: memory)
  }
}
