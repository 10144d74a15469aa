package import BSON
package import Pipeline
package import Updates

/// Whoever can tell how a database stands, without changing it.
package protocol DatabaseExaminer: Sendable {
  /// Asks the database. Every question is bounded, in time and in what is read. Failures are facts, too.
  func examine() async -> DatabaseFacts
}

/// How a database stands. What was not asked, because an earlier question failed, is `nil` or missing.
package struct DatabaseFacts: Sendable {
  /// How many members of a replica set must confirm a write.
  package enum WriteConcern: Sendable, Equatable {
    case majority
    case members(Int)
    /// The name of a rule of the replica set.
    case rule(String)
  }

  /// What the user may do.
  package enum Access: Sendable {
    /// The server knows of no user: it has no access control, or nobody has logged in.
    case open
    case privileges([DatabasePrivilege])
  }

  /// The newest events of the API's own copy, newest first.
  package struct Archive: Sendable {
    /// `_id`, `eventId`, `tenantId`, `eventType` and `createdAt` of each.
    package var events: [BSONDocument]
    /// Those identities of these events, by `_id` or by `eventId`, that have stored updates.
    package var identitiesWithUpdates: Set<EventKey>
    /// The newest of them that makes updates, as a whole; `nil` when none does.
    package var trial: BSONDocument?

    package init(
      events: [BSONDocument], identitiesWithUpdates: Set<EventKey> = [], trial: BSONDocument? = nil
    ) {
      self.events = events
      self.identitiesWithUpdates = identitiesWithUpdates
      self.trial = trial
    }
  }

  /// Hosts and database, without credentials.
  package var location: String
  package var database: String
  package var isLocal: Bool
  package var transport: TransportFacts
  package var writeConcern: WriteConcern
  /// Why the server cannot be used at all, in a sentence with its remedy.
  package var unreachable: String?
  /// Why the examination ended early, in a sentence: the server answered, and then no more.
  package var interruption: String?
  package var version: Answer<String>?
  /// By how many seconds the server's clock is ahead of this machine's; negative when it is behind.
  package var clockLead: Answer<Double>?
  package var access: Answer<Access>?
  /// Whether a collection can be read.
  package var readable: [RecordCollection: Answer<Bool>] = [:]
  /// The indexes of a collection; empty, without even that of `_id`, when there is no such collection.
  package var indexes: [RecordCollection: Answer<[DatabaseIndex]>] = [:]
  package var archive: Answer<Archive>?
  /// `createdAt` of the oldest update that was never confirmed, in milliseconds since 1970; `nil` inside: there is none.
  package var oldestUnpublished: Answer<Double?>?

  package init(
    location: String, database: String, isLocal: Bool, transport: TransportFacts, writeConcern: WriteConcern
  ) {
    self.location = location
    self.database = database
    self.isLocal = isLocal
    self.transport = transport
    self.writeConcern = writeConcern
  }
}
