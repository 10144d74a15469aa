import CMongoC

/// The pool of clients of one deployment: connections, and the threads that watch over the servers.
///
/// `@unchecked Sendable`: `mongoc_client_pool_t` is thread-safe (the only handle of libmongoc that is), and the
/// pointer never changes.
final class MongoPool: @unchecked Sendable {
  /// Names the deployment, without credentials.
  let server: String
  private let pool: OpaquePointer

  /// Takes over a pool.
  init(owning pool: OpaquePointer, server: String) {
    self.pool = pool
    self.server = server
  }

  /// Every client holds the pool: none is out here.
  deinit {
    mongoc_client_pool_destroy(pool)
  }

  /// Takes out a client, which goes back when it is released.
  func client(database: String) throws(MongoStoreError) -> MongoClient {
    guard let client = mongoc_client_pool_pop(pool) else {
      throw MongoStoreError(.unreachable, "No connection to MongoDB at \(server) is free.", isRetryable: true)
    }
    return MongoClient(owning: client, of: self, database: database)
  }

  /// Takes back a client, from ``MongoClient`` alone.
  func takeBack(_ client: OpaquePointer) {
    mongoc_client_pool_push(pool, client)
  }
}
