import BSON
import CMongoC

/// The memory of values of type `bson_t`. Swift cannot declare one, because C aligns it more strictly than
/// imported structs can be aligned.
enum BSONView {
  /// `sizeof (bson_t)` in bytes, which libbson asserts and promises never to change.
  static let size = 128
  /// The alignment of a `bson_t` in bytes.
  static let alignment = 128

  /// Lends uninitialised memory for `count` values, and frees it when `body` returns.
  static func withMemory<Result>(
    count: Int = 1, _ body: (UnsafeMutableRawPointer) throws -> Result
  ) throws -> Result {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size * count, alignment: alignment)
    defer { memory.deallocate() }
    return try body(memory)
  }

  /// Makes a view of a document's bytes in `memory`. The bytes must outlive the view. The view need not be
  /// freed, but it must not be moved, because a `bson_t` holds pointers into itself.
  static func make(of bytes: UnsafeBufferPointer<UInt8>, in memory: UnsafeMutableRawPointer) throws
    -> OpaquePointer
  {
    let view = OpaquePointer(memory)
    guard bson_init_static(view, bytes.baseAddress, bytes.count) else {
      throw MongoStoreError(.refused, "A document is malformed and was not sent to MongoDB.")
    }
    return view
  }
}

extension BSONDocument {
  /// Lends the bytes to libbson, without a copy.
  func withBSON<Result>(_ body: (OpaquePointer) throws -> Result) throws -> Result {
    try bytes.withUnsafeBufferPointer { buffer in
      try BSONView.withMemory { try body(BSONView.make(of: buffer, in: $0)) }
    }
  }

  /// Lends memory for a document to a function of libmongoc that initialises it whatever happens, as all
  /// functions with a `reply` do; then copies the document and frees it.
  static func receiving<Result>(
    _ body: (OpaquePointer) -> Result
  ) throws -> (result: Result, document: BSONDocument) {
    try BSONView.withMemory { memory in
      let reply = OpaquePointer(memory)
      let result = body(reply)
      defer { bson_destroy(reply) }
      return (result, try BSONDocument(copying: reply))
    }
  }

  /// Copies and validates a document of libbson, which stays the caller's.
  init(copying document: OpaquePointer) throws {
    guard let data = bson_get_data(document) else {
      throw MongoStoreError(.malformedAnswer, "MongoDB sent an answer without bytes.")
    }
    // The first four bytes, least significant first, are the length, which libbson has set itself.
    let length = UnsafeRawPointer(data).loadUnaligned(as: UInt32.self)
    let bytes = Array(UnsafeBufferPointer(start: data, count: Int(UInt32(littleEndian: length))))
    do throws(BSONError) {
      try self.init(validating: bytes)
    } catch {
      throw MongoStoreError(.malformedAnswer, "MongoDB sent an answer that is \(error.description).")
    }
  }
}
