import Pipeline

/// Where MongoDB is and how it is used.
package struct MongoConfiguration: Sendable, CustomStringConvertible {
  /// The database that is used when the URI names none.
  package static let defaultDatabase = "chat3"

  /// The database that the URI names, or else ``defaultDatabase``.
  package var database: String
  /// The collection that updates are stored in.
  package let updatesCollection: String
  /// How many connections there are, each with its own thread, so that the look-ups of one round run at the
  /// same time; 3 by default.
  package var connections = 3
  /// Time limits that win over those of the URI; `nil` by default.
  package var patience: Patience?
  /// How long the server works on one request, at most, for a caller that gives up by cancelling its task and must not
  /// leave work behind; `nil`, the default, means as long as it takes.
  package var longestLookUp: Duration?
  /// The file with the client's certificate and key, if the URI names one.
  package let keyFile: String?
  /// The hosts and the database without credentials and options, for logs and errors.
  package let description: String
  let uri: String

  /// Takes a connection string, `mongodb://…` or `mongodb+srv://…`, with all its options.
  ///
  /// Options that it leaves out are set: write concern `majority` (confirmed within 10 s, `wtimeoutMS`),
  /// `serverSelectionTimeoutMS` 5000, `connectTimeoutMS` 5000, `socketTimeoutMS` 20000, `heartbeatFrequencyMS`
  /// 1000.
  ///
  /// - Throws: ``MongoStoreError`` when the connection string cannot be used, or the collection is not the worker's.
  package init(
    uri: String, updatesCollection: String = RecordCollection.updates.rawValue
  ) throws(MongoStoreError) {
    if let other = RecordCollection(rawValue: updatesCollection), other != .updates {
      throw MongoStoreError(
        .invalidConfiguration,
        "UPDATE_WORKER_UPDATES_COLLECTION is \(updatesCollection), which is a collection of the API's; name another one."
      )
    }
    self.updatesCollection = updatesCollection
    let parsed = try MongoURI(uri)
    guard !parsed.isUnacknowledged else {
      throw MongoStoreError(
        .invalidConfiguration,
        "MONGODB_URI sets w=0, which leaves unknown whether an update was stored; remove it.")
    }
    self.uri = uri
    keyFile = parsed.keyFile
    let database = parsed.database.flatMap { $0.isEmpty ? nil : $0 } ?? Self.defaultDatabase
    self.database = database
    description = parsed.hosts.joined(separator: ",") + "/" + database
  }

  /// How long calls may take, in milliseconds.
  package struct Patience: Sendable {
    /// To find a server.
    package var serverSelection: Int32
    /// For an answer.
    package var socket: Int32

    /// For calls that only find out whether the server is there.
    package static let impatient = Patience(serverSelection: 300, socket: 5000)
    /// For `doctor`, which says what it does not get to know.
    package static let examination = Patience(serverSelection: 5000, socket: 5000)
  }

  /// Makes the pool of clients. Blocks while it asks name servers, if it has to.
  func makePool() throws(MongoStoreError) -> MongoPool {
    let parsed = try MongoURI(uri)
    parsed.complete(
      serverSelection: 5000, connect: 5000, socket: 20_000, heartbeat: 1000, write: 10_000,
      name: "chat3-update-worker")
    if let patience { parsed.limit(serverSelection: patience.serverSelection, socket: patience.socket) }
    return try parsed.makePool(size: max(1, connections), server: description)
  }
}
