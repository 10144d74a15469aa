/// Where MongoDB is and how it is used.
package struct MongoConfiguration: Sendable, CustomStringConvertible {
  /// The database of Chat3 where the URI names none.
  package static let defaultDatabase = "chat3"
  /// The connection string where none is set: a server on this machine.
  package static let defaultURI = "mongodb://localhost:27017/\(defaultDatabase)"

  /// The database: the one that the URI names, else ``defaultDatabase``.
  package var database: String
  /// Connections, each with a thread, for calls at the same time: the look-ups of one batch. Default 3.
  package var connections = 3
  /// The hosts and the database, without credentials and options: for logs and errors.
  package let description: String
  private let uri: String

  /// Takes a connection string, `mongodb://…` or `mongodb+srv://…`, with all its options.
  ///
  /// What it leaves open is set: write concern `majority` (confirmed within 10 s, `wtimeoutMS`),
  /// `serverSelectionTimeoutMS` 5000, `connectTimeoutMS` 5000, `socketTimeoutMS` 20000.
  ///
  /// - Throws: ``MongoStoreError`` in a plain sentence without credentials.
  package init(uri: String) throws(MongoStoreError) {
    let parsed = try MongoURI(uri)
    guard !parsed.isUnacknowledged else {
      throw MongoStoreError(
        .invalidConfiguration,
        "MONGODB_URI asks for w=0, with which nobody knows whether an update is stored; leave it out.")
    }
    self.uri = uri
    let database = parsed.database.flatMap { $0.isEmpty ? nil : $0 } ?? Self.defaultDatabase
    self.database = database
    description = parsed.hosts.joined(separator: ",") + "/" + database
  }

  /// Makes the pool of clients; may ask name servers.
  func makePool() throws(MongoStoreError) -> MongoPool {
    let parsed = try MongoURI(uri)
    parsed.complete(
      serverSelection: 5000, connect: 5000, socket: 20_000, write: 10_000, name: "chat3-update-worker")
    return try parsed.makePool(size: max(1, connections), server: description)
  }
}
