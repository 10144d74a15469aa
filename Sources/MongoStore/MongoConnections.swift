import Synchronization

/// The connections of a store. Calls go to the one that has the least to do.
final class MongoConnections: Sendable {
  private let connections: [MongoConnection]
  private let inHand: Mutex<[Int]>

  init(_ configuration: MongoConfiguration) {
    let connector = MongoConnector(configuration)
    connections = (0..<max(1, configuration.connections)).map {
      MongoConnection(connector: connector, number: $0)
    }
    inHand = Mutex(Array(repeating: 0, count: connections.count))
  }

  /// Runs a call on the thread of a worker.
  func run<Result: Sendable>(_ body: @Sendable (MongoClient) throws -> Result) async throws -> Result {
    let index = take()
    defer { inHand.withLock { $0[index] -= 1 } }
    return try await connections[index].run(body)
  }

  /// Starts a query whose results are fetched by and by.
  func stream(_ find: Find) async throws -> MongoStream {
    let index = take()
    defer { inHand.withLock { $0[index] -= 1 } }
    return try await MongoStream(worker: connections[index], find: find)
  }

  /// Gives all clients back.
  func close() async {
    for worker in connections { await worker.close() }
  }

  private func take() -> Int {
    inHand.withLock { inHand in
      var least = 0
      for index in inHand.indices where inHand[index] < inHand[least] { least = index }
      inHand[least] += 1
      return least
    }
  }
}
