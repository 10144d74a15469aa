import BSON
import Pipeline
import Updates

/// The state and the updates in MongoDB (spec sections 2 and 4).
///
/// Nothing connects before the first call, and a call that failed can be made again: the connection comes back by
/// itself. All failures are ``MongoStoreError``.
///
/// Every call blocks a thread of the store's own, never one of the caller's; calls at the same time go to several
/// connections (``MongoConfiguration/connections``).
package final class MongoStore: Sendable {
  /// Where this store is, without credentials.
  package var location: String { configuration.description }
  let configuration: MongoConfiguration
  let connections: MongoConnections
  let occurrences = LineOccurrences()

  /// Takes a configuration; connects with the first call.
  package init(_ configuration: MongoConfiguration) {
    self.configuration = configuration
    connections = MongoConnections(configuration)
  }

  /// Whether the server answers.
  ///
  /// - Throws: ``MongoStoreError`` when it does not.
  package func ping() async throws {
    var command = BSONWriter()
    command.append("ping", Int64(1))
    let ping = command.finish()
    _ = try await connections.run { try $0.run(ping) }
  }

  /// Makes the indexes of `updates` where they are missing. Call it once at start.
  package func prepare() async throws {
    let command = UpdateIndexes.command()
    _ = try await connections.run { try $0.run(command) }
  }

  /// Gives the connections back. Calls in hand end first; later ones throw. Closing again does nothing.
  package func close() async {
    await connections.close()
  }
}
