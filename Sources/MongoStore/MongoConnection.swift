import Support
import Pipeline
import BSON

/// One client with a thread of its own, on which all its blocking calls run.
actor MongoConnection {
  private let executor: ThreadExecutor
  private let connector: MongoConnector
  private var client: MongoClient?
  /// The queries whose results are fetched page by page, by their numbers; `nil` once a query has returned
  /// all of its results. A query that is missing here has failed.
  private var cursors: [Int: MongoCursor?] = [:]
  private var cursorCount = 0
  private var isClosed = false

  init(connector: MongoConnector, number: Int) {
    self.connector = connector
    executor = ThreadExecutor(name: "mongo-\(number)")
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Runs a call on the thread.
  func run<Result: Sendable>(_ body: @Sendable (MongoClient) throws -> Result) throws -> Result {
    try body(connected())
  }

  /// Runs work that blocks, but needs no client, on the thread.
  func perform<Result: Sendable>(_ work: @Sendable () -> Result) -> Result { work() }

  /// Starts a query whose results are fetched page by page; returns the query's number.
  func open(_ find: Find) throws -> Int {
    let cursor = try connected().open(find)
    cursorCount += 1
    cursors.updateValue(cursor, forKey: cursorCount)
    return cursorCount
  }

  /// The next results of a query, at most `count`. Fewer than `count` means the end.
  func next(_ count: Int, of number: Int) throws -> [BSONDocument] {
    if isClosed { throw MongoStoreError.closed }
    guard let known = cursors[number] else {
      throw MongoStoreError(
        .connectionLost, "The MongoDB query was cut off before its end.", isRetryable: true)
    }
    guard let cursor = known else { return [] }
    var documents: [BSONDocument] = []
    do {
      while documents.count < count, let document = try cursor.next() { documents.append(document) }
    } catch {
      cursors.removeValue(forKey: number)
      throw error
    }
    if documents.count < count { cursors.updateValue(nil, forKey: number) }
    return documents
  }

  func close(cursor number: Int) {
    cursors.removeValue(forKey: number)
  }

  /// Gives the client back. Later calls throw.
  func close() {
    isClosed = true
    cursors.removeAll()
    client = nil
    // The pool ends with its last client, so waiting for that end blocks a thread of the store.
    connector.close()
  }

  private func connected() throws -> MongoClient {
    if isClosed { throw MongoStoreError.closed }
    if let client { return client }
    let client = try connector.client()
    self.client = client
    return client
  }
}
