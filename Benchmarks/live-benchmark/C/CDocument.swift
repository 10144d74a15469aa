import BSON
import CMongoC

/// A document as libmongoc takes it.
///
/// `@unchecked Sendable`: it is never changed after it was made.
final class CDocument: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ document: BSONDocument) throws {
    let made = document.bytes.withUnsafeBufferPointer { bson_new_from_data($0.baseAddress, $0.count) }
    guard let made else { throw BenchmarkError("libbson refuses a document") }
    pointer = made
  }

  deinit {
    bson_destroy(pointer)
  }
}
