import CMongoC

/// The pool of clients of one deployment: its connections, and the threads that monitor its servers.
///
/// `@unchecked Sendable`: `mongoc_client_pool_t` is thread-safe (the only handle of libmongoc that is), and
/// the pointer never changes.
final class MongoPool: @unchecked Sendable {
  /// The name of the deployment, without credentials.
  let server: String
  private let pool: OpaquePointer

  /// Takes ownership of a pool; `deinit` destroys it.
  init(owning pool: OpaquePointer, server: String) {
    self.pool = pool
    self.server = server
  }

  // Every client keeps the pool alive, so none is checked out any more.
  deinit {
    mongoc_client_pool_destroy(pool)
  }

  /// Checks out a client, which goes back to the pool when it is released.
  func client(
    database: String, updatesCollection: String, longestLookUp: Duration?
  ) throws(MongoStoreError) -> MongoClient {
    guard let client = mongoc_client_pool_pop(pool) else {
      throw MongoStoreError(.unreachable, "No connection to MongoDB at \(server) is free.", isRetryable: true)
    }
    return MongoClient(
      owning: client, of: self, database: database, updatesCollection: updatesCollection,
      longestLookUp: longestLookUp)
  }

  /// Takes a client back. Only ``MongoClient`` calls this.
  func takeBack(_ client: OpaquePointer) {
    mongoc_client_pool_push(pool, client)
  }
}
