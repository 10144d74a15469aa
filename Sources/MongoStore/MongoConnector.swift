import Synchronization

/// Makes the pool when the first client is needed. Making it may ask name servers, so it blocks and can fail.
final class MongoConnector: Sendable {
  private enum State {
    case idle
    case connected(MongoPool)
    case closed
  }

  private let configuration: MongoConfiguration
  private let state = Mutex(State.idle)

  init(_ configuration: MongoConfiguration) {
    self.configuration = configuration
  }

  func client() throws(MongoStoreError) -> MongoClient {
    let pool = try state.withLock { state throws(MongoStoreError) in
      switch state {
      case .connected(let pool): return pool
      case .closed: throw MongoStoreError.closed
      case .idle:
        let pool = try configuration.makePool()
        state = .connected(pool)
        return pool
      }
    }
    return try pool.client(
      database: configuration.database, updatesCollection: configuration.updatesCollection,
      longestLookUp: configuration.longestLookUp)
  }

  /// Lets go of the pool, which ends with its last client.
  func close() {
    // Released outside the lock, because a pool that ends waits for its threads.
    let last = state.withLock { state in
      defer { state = .closed }
      return state
    }
    withExtendedLifetime(last) {}
  }
}
