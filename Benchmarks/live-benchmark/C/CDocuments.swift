import BSON

/// Documents that libmongoc inserts with one call.
///
/// `@unchecked Sendable`: they are never changed after they were made.
final class CDocuments: @unchecked Sendable {
  let pointers: UnsafeMutableBufferPointer<OpaquePointer?>
  private let documents: [CDocument]

  init(_ documents: [BSONDocument]) throws {
    self.documents = try documents.map(CDocument.init)
    pointers = .allocate(capacity: documents.count)
    _ = pointers.initialize(fromContentsOf: self.documents.map(\.pointer))
  }

  deinit { pointers.deallocate() }
}
