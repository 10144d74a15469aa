import BSON
import CMongoC

/// The memory of a `bson_t`. Swift cannot declare one: C aligns it more than Swift's imported structs can be.
enum BSONView {
  /// `sizeof (bson_t)`, which libbson asserts and promises never to change.
  static let size = 128
  /// Its alignment.
  static let alignment = 128

  /// Lends memory for `count` of them.
  static func withMemory<Result>(
    count: Int = 1, _ body: (UnsafeMutableRawPointer) throws -> Result
  ) throws -> Result {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size * count, alignment: alignment)
    defer { memory.deallocate() }
    return try body(memory)
  }

  /// Makes a view of the bytes of a document, which must outlive it, in this memory. It needs no freeing. A
  /// `bson_t` holds pointers into itself and stays where it was made.
  static func make(of bytes: UnsafeBufferPointer<UInt8>, in memory: UnsafeMutableRawPointer) throws
    -> OpaquePointer
  {
    let view = OpaquePointer(memory)
    guard bson_init_static(view, bytes.baseAddress, bytes.count) else {
      throw MongoStoreError(.refused, "A document that was to be sent to MongoDB is malformed.")
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

  /// Lends a document to a function of libmongoc that initialises it whatever happens, as all that take a
  /// `reply` do; copies it out and frees it.
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

  /// Copies and checks a document of libbson.
  init(copying document: OpaquePointer) throws {
    guard let data = bson_get_data(document) else {
      throw MongoStoreError(.malformedAnswer, "MongoDB sent an answer without bytes.")
    }
    // libbson has set the length itself: the first four bytes, least significant first.
    let length = UnsafeRawPointer(data).loadUnaligned(as: UInt32.self)
    let bytes = Array(UnsafeBufferPointer(start: data, count: Int(UInt32(littleEndian: length))))
    do throws(BSONError) {
      try self.init(validating: bytes)
    } catch {
      throw MongoStoreError(.malformedAnswer, "MongoDB sent what is \(error.description).")
    }
  }
}
