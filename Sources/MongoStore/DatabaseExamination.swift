import BSON
import Foundation
import Maintenance
import Pipeline
import Updates

/// The questions to a database, one after the other. None of them writes. Each is led by an index, or reads no more
/// than a few records, and the server ends it after ``patience``.
struct DatabaseExamination {
  /// Milliseconds that the server may take for one answer.
  private static let patience: Int64 = 2000
  /// How many of the newest events are looked at.
  private static let sampleSize = 20
  /// Seconds after which no more questions are asked.
  private static let longest = 7.0

  private let started = Date()
  private let connections: MongoConnections
  private(set) var facts: DatabaseFacts

  init(_ store: MongoStore) async {
    connections = store.connections
    facts = await connections.surroundings(of: store.configuration)
  }

  mutating func run() async {
    let asked = Date()
    let hello = await ask { try $0.run(.command("isMaster")) }
    guard case .known(let hello) = hello else {
      // Whatever went wrong with the first question is the reason why the server cannot be used.
      if case .failed(let reason) = hello { facts.unreachable = reason }
      if case .refused(let reason) = hello { facts.unreachable = reason }
      if let reason = facts.interruption { facts.unreachable = reason }
      facts.interruption = nil
      return
    }
    let middle = (asked.timeIntervalSince1970 + Date().timeIntervalSince1970) * 500
    if let time = hello["localTime"]?.integer { facts.clockLead = .known((Double(time) - middle) / 1000) }
    if facts.transport.isEncrypted, facts.transport.certificates.isEmpty, let server = hello["me"]?.string {
      // The connection string names an SRV record: only a server that answers tells a host.
      facts.transport.certificates = [await connections.onThread { .shown(by: server) }]
    }
    facts.version = await ask { try $0.run(.command("buildInfo"))["version"]?.string ?? "unknown" }
    facts.access = await ask { try Self.access(try $0.run(.connectionStatus)) }
    for collection in RecordCollection.allCases {
      facts.readable[collection] = await ask {
        try !$0.records(.find(in: $0.name(of: collection), limit: 1, patience: Self.patience)).isEmpty
      }
      facts.indexes[collection] = await indexes(of: collection)
    }
    facts.oldestUnpublished = await ask { client -> Double? in
      let unpublished = BSONDocument.build { $0.append("published", false) }
      let find = BSONDocument.find(
        in: client.name(of: .updates), filter: unpublished, fields: ["createdAt"], sort: [("createdAt", 1)],
        limit: 1,
        patience: Self.patience)
      return try client.records(find).first?["createdAt"]?.number
    }
    await readArchive()
  }

  /// The indexes of a collection. The worker's user need not have the right to list them; then those count that the
  /// server weighs for the worker's look-ups, which takes no more than the right to make these.
  private mutating func indexes(of collection: RecordCollection) async -> Answer<[DatabaseIndex]>? {
    let listed = await ask { try $0.indexes(of: collection, patience: Self.patience) }
    guard case .refused = listed else { return listed }
    return await ask { client in
      try [DatabaseIndex(["_id"])]
        + IndexNeed.all.filter { $0.collection == collection }.flatMap { need in
          try client.run(
            .explanation(of: need, in: client.name(of: need.collection), patience: Self.patience)
          ).weighedIndexes(for: need)
        }
    }
  }

  /// Asks one question; `nil` when the server has stopped answering.
  private mutating func ask<Value: Sendable>(
    _ question: @Sendable (MongoClient) throws -> Value
  ) async -> Answer<Value>? {
    if facts.interruption != nil { return nil }
    if Date().timeIntervalSince(started) > Self.longest {
      return .failed("the answers before took MongoDB too long")
    }
    do {
      return .known(try await connections.run(question))
    } catch let error as MongoStoreError {
      switch error.code {
      case .unauthorized: return .refused(error.message)
      case .unreachable, .connectionLost, .tls, .authentication, .closed, .malformedAnswer:
        facts.interruption = error.message
        return nil
      default: return .failed(error.message.hasSuffix(".") ? String(error.message.dropLast()) : error.message)
      }
    } catch {
      return .failed("\(error)")
    }
  }

  private static func access(_ status: BSONDocument) throws -> DatabaseFacts.Access {
    let info = status.document("authInfo")
    guard let users = info?["authenticatedUsers"]?.array, !users.isEmpty else { return .open }
    let privileges = (info?["authenticatedUserPrivileges"]?.array?.compactMap(\.document) ?? []).map {
      privilege in
      let resource = privilege.document("resource")
      let isAny = resource?["anyResource"]?.bool ?? false
      return DatabasePrivilege(
        database: isAny ? "" : resource?["db"]?.string,
        collection: isAny ? "" : resource?["collection"]?.string ?? "",
        actions: Set(privilege["actions"]?.array?.compactMap(\.string) ?? []))
    }
    return .privileges(privileges)
  }

  // MARK: - Archive

  private mutating func readArchive() async {
    let isIndexed = facts.indexes[.events]?.value?.contains { $0.fields.first == "createdAt" } ?? false
    // Without an index on the time, the order of `_id`, which always has one, is nearly the same.
    let order = isIndexed ? "createdAt" : "_id"
    let newest: Answer<[BSONDocument]>? = await ask { client in
      try client.records(
        .find(
          in: client.name(of: .events), fields: ["_id", "eventId", "tenantId", "eventType", "createdAt"],
          sort: [(key: order, order: Int64(-1))],
          limit: Self.sampleSize, patience: Self.patience))
    }
    switch newest {
    case nil: return
    case .refused(let reason): facts.archive = .refused(reason)
    case .failed(let reason): facts.archive = .failed(reason)
    case .known(let events):
      var archive = DatabaseFacts.Archive(events: events)
      let identities = Self.identities(of: events.prefix(Self.sampleSize / 2))
      let stored = await ask { try $0.withUpdates(among: identities, patience: Self.patience) }
      archive.identitiesWithUpdates = stored?.value ?? []
      // A type that makes no updates never gets as far as the planner; any other value is the event's own fault,
      // which the trial tells.
      let candidate = events.first { event in
        event["eventType"]?.string.map { EventType(rawValue: $0) != nil } ?? true
      }
      if let id = candidate?["_id"] {
        let filter = BSONDocument.build { $0.append("_id", valueOf: id) }
        let whole = await ask {
          try $0.records(.find(in: $0.name(of: .events), filter: filter, limit: 1, patience: Self.patience))
            .first
        }
        archive.trial = whole?.value ?? nil
      }
      facts.archive = .known(archive)
    }
  }

  private static func identities(of events: some Sequence<BSONDocument>) -> Set<EventKey> {
    var keys: Set<EventKey> = []
    for event in events {
      guard let tenant = event.identifier("tenantId") else { continue }
      let ids = [
        event.present("_id").flatMap(EventHeader.objectId),
        event["eventId"]?.stringBytes.flatMap(EventHeader.identity(eventId:)),
      ]
      for id in ids.compactMap({ $0 }) { keys.insert(EventKey(tenantId: tenant, eventId: id)) }
    }
    return keys
  }
}
