import BSON
import CMongoC
import Pipeline

/// The results of a query as they stream in. Used only on the thread of its client, which it keeps alive.
final class MongoCursor {
  private let cursor: OpaquePointer
  private let client: MongoClient
  private let server: String
  private let collection: RecordCollection

  /// Takes ownership of a cursor of the client; `deinit` destroys it.
  init(
    owning cursor: OpaquePointer, of client: MongoClient, server: String, collection: RecordCollection
  ) {
    self.cursor = cursor
    self.collection = collection
    self.client = client
    self.server = server
  }

  deinit {
    // The cursor must end before the client goes back to the pool.
    withExtendedLifetime(client) { mongoc_cursor_destroy(cursor) }
  }

  /// The next document, `nil` at the end.
  func next() throws -> BSONDocument? {
    var document: OpaquePointer?
    if mongoc_cursor_next(cursor, &document), let document { return try BSONDocument(copying: document) }
    var error = bson_error_t()
    var reply: OpaquePointer?
    if mongoc_cursor_error_document(cursor, &error, &reply) {
      throw MongoStoreError(
        error, reply: try reply.map(BSONDocument.init(copying:)), server: server,
        privilege: Privilege("find", collection))
    }
    return nil
  }
}
