import Pipeline
import BSON

/// The results of a query, fetched page by page. Used by one task; the query ends with the last reference to
/// the stream.
final class MongoStream: Sendable {
  private let connection: MongoConnection
  private let number: Int

  init(connection: MongoConnection, find: Find) async throws {
    self.connection = connection
    number = try await connection.open(find)
  }

  deinit {
    let (connection, number) = (connection, number)
    Task { await connection.close(cursor: number) }
  }

  func next(_ count: Int) async throws -> [BSONDocument] {
    try await connection.next(count, of: number)
  }
}
