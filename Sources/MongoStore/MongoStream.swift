import Pipeline
import BSON

/// The results of a query, fetched by and by. Used by one task; the query ends with the last reference.
final class MongoStream: Sendable {
  private let worker: MongoConnection
  private let number: Int

  init(worker: MongoConnection, find: Find) async throws {
    self.worker = worker
    number = try await worker.open(find)
  }

  deinit {
    let (worker, number) = (worker, number)
    Task { await worker.close(cursor: number) }
  }

  /// The next results, at most `count`; empty at the end.
  func next(_ count: Int) async throws -> [BSONDocument] {
    try await worker.next(count, of: number)
  }
}
