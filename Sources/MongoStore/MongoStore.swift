import BSON
import Pipeline
import Updates

/// The state and the updates in MongoDB (spec sections 2 and 4).
///
/// Nothing connects before the first call. A call that failed can be made again: the connection recovers by
/// itself. All errors are of type ``MongoStoreError``.
///
/// Calls block threads of the store, never a thread of the caller. Calls at the same time are spread over
/// several connections (``MongoConfiguration/connections``).
package final class MongoStore: Sendable {
  /// The hosts and the database, without credentials.
  package var location: String { configuration.description }
  let configuration: MongoConfiguration
  let connections: MongoConnections
  let occurrences = LineOccurrences()

  /// Does not connect yet; the first call does.
  package init(_ configuration: MongoConfiguration) {
    self.configuration = configuration
    connections = MongoConnections(configuration)
  }

  /// - Throws: ``MongoStoreError`` when the server does not answer.
  package func ping() async throws {
    var command = BSONWriter()
    command.append("ping", Int64(1))
    let ping = command.finish()
    _ = try await connections.run { try $0.run(ping) }
  }

  /// Makes the indexes of `updates` that are missing. Call it once at the start.
  package func prepare() async throws {
    let privilege = Privilege("createIndex", Self.updates)
    _ = try await connections.run { client in
      try client.run(UpdateIndexes.command(on: client.name(of: .updates)), needing: privilege)
    }
  }

  /// Ends the connections. Calls that are under way end first; later calls throw. Closing again does nothing.
  package func close() async {
    await connections.close()
  }
}
