import Synchronization

/// The connections of a store. Each call goes to the least busy connection.
final class MongoConnections: Sendable {
  private let connections: [MongoConnection]
  private let callsUnderWay: Mutex<[Int]>
  /// Whether a caller that has given up must not begin anything more.
  private let endsWithCaller: Bool

  init(_ configuration: MongoConfiguration) {
    endsWithCaller = configuration.longestLookUp != nil
    let connector = MongoConnector(configuration)
    connections = (0..<max(1, configuration.connections)).map {
      MongoConnection(connector: connector, number: $0)
    }
    callsUnderWay = Mutex(Array(repeating: 0, count: connections.count))
  }

  /// Runs a call on the thread of a connection.
  func run<Result: Sendable>(_ body: @Sendable (MongoClient) throws -> Result) async throws -> Result {
    if endsWithCaller { try Task.checkCancellation() }
    let index = take()
    defer { callsUnderWay.withLock { $0[index] -= 1 } }
    return try await connections[index].run(body)
  }

  /// Runs work that blocks, but needs no client, on the thread of a connection.
  func onThread<Result: Sendable>(_ work: @Sendable () -> Result) async -> Result {
    await connections[0].perform(work)
  }

  /// Starts a query whose results are fetched page by page.
  func stream(_ find: Find) async throws -> MongoStream {
    if endsWithCaller { try Task.checkCancellation() }
    let index = take()
    defer { callsUnderWay.withLock { $0[index] -= 1 } }
    return try await MongoStream(connection: connections[index], find: find)
  }

  /// Gives all clients back to the pool.
  func close() async {
    for connection in connections { await connection.close() }
  }

  private func take() -> Int {
    callsUnderWay.withLock { callsUnderWay in
      var least = 0
      for index in callsUnderWay.indices where callsUnderWay[index] < callsUnderWay[least] { least = index }
      callsUnderWay[least] += 1
      return least
    }
  }
}
