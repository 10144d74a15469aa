import BSON
import Foundation
package import Maintenance
import Pipeline
import Support
import Updates

extension MongoStore: DatabaseExaminer {
  package func examine() async -> DatabaseFacts {
    var examination = await DatabaseExamination(self)
    await examination.run()
    return examination.facts
  }
}

/// The questions to a database, one after the other. None of them writes. Each is led by an index, or reads no more
/// than a few records, and the server ends it after ``patience``.
private struct DatabaseExamination {
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
    facts.version = await ask { try $0.run(.command("buildInfo"))["version"]?.string ?? "unknown" }
    facts.access = await ask { try Self.access(try $0.run(.connectionStatus)) }
    for collection in RecordCollection.allCases {
      facts.readable[collection] = await ask {
        try !$0.records(.find(collection, limit: 1, patience: Self.patience)).isEmpty
      }
      facts.indexes[collection] = await indexes(of: collection)
    }
    facts.oldestUnpublished = await ask { client -> Double? in
      let unpublished = BSONDocument.build { $0.append("published", false) }
      let find = BSONDocument.find(
        .updates, filter: unpublished, fields: ["createdAt"], sort: [("createdAt", 1)], limit: 1,
        patience: Self.patience)
      return try client.records(find).first?["createdAt"]?.number
    }
    await readArchive()
  }

  /// The indexes of a collection. The worker's user need not have the right to list them; then those count that the
  /// server says it would use for the worker's look-ups, which takes no more than the right to make these.
  private mutating func indexes(of collection: RecordCollection) async -> Answer<[DatabaseIndex]>? {
    let listed = await ask { try $0.indexes(of: collection, patience: Self.patience) }
    guard case .refused = listed else { return listed }
    return await ask { client in
      try [DatabaseIndex(["_id"])]
        + IndexNeed.all.filter { $0.collection == collection }.compactMap { need in
          try client.run(.explanation(of: need, patience: Self.patience)).usedIndex(for: need)
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
          .events, fields: ["_id", "eventId", "tenantId", "eventType", "createdAt"],
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
          try $0.records(.find(.events, filter: filter, limit: 1, patience: Self.patience)).first
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

extension MongoConnections {
  /// What the connection string and the servers' certificates say, before anything is asked. Runs on a thread of the
  /// store, because looking at certificates blocks.
  fileprivate func surroundings(of configuration: MongoConfiguration) async -> DatabaseFacts {
    await onThread { configuration.surroundings() }
  }
}

extension MongoConfiguration {
  fileprivate func surroundings() -> DatabaseFacts {
    var facts = DatabaseFacts(
      location: description, database: database, isLocal: false,
      transport: TransportFacts(isEncrypted: false), writeConcern: .majority)
    do throws(MongoStoreError) {
      let parsed = try MongoURI(uri)
      let endpoints = parsed.endpoints
      facts.isLocal =
        !endpoints.isEmpty
        && endpoints.allSatisfy { ["localhost", "127.0.0.1", "::1"].contains($0.host) || $0.port == 0 }
      if let concern = parsed.writeConcern {
        facts.writeConcern =
          concern.members.map { .members($0) } ?? concern.name.map { .rule($0) } ?? .majority
      }
      facts.transport = TransportFacts(
        isEncrypted: parsed.usesTLS, verifiesServer: parsed.verifiesServer,
        certificates: parsed.usesTLS ? endpoints.prefix(3).map(Self.certificate) : [])
    } catch {
      facts.unreachable = error.message
    }
    return facts
  }

  private static func certificate(of endpoint: (host: String, port: Int)) -> TransportFacts.Certificate {
    let server = "\(endpoint.host):\(endpoint.port)"
    do throws(TCPSocket.Failure) {
      let end = try PeerCertificate.end(host: endpoint.host, port: endpoint.port, limit: .milliseconds(1500))
      return TransportFacts.Certificate(server: server, end: .known(end))
    } catch {
      return TransportFacts.Certificate(server: server, end: .failed(error.description))
    }
  }
}

extension MongoClient {
  /// The first answer of a find command, which is all of them.
  fileprivate func records(_ find: BSONDocument) throws -> [BSONDocument] {
    try run(find).document("cursor")?["firstBatch"]?.array?.compactMap(\.document) ?? []
  }

  /// The indexes of a collection; empty when there is none.
  fileprivate func indexes(of collection: RecordCollection, patience: Int64) throws -> [DatabaseIndex] {
    let command = BSONDocument.build { command in
      command.append("listIndexes", collection.rawValue)
      command.append("maxTimeMS", patience)
    }
    do {
      let found = try run(command).document("cursor")?["firstBatch"]?.array?.compactMap(\.document) ?? []
      return found.map { index in
        let filter = index.document("partialFilterExpression")
        return DatabaseIndex(
          index.document("key")?.map(\.key) ?? [],
          isPartial: filter != nil || index["sparse"]?.bool == true || index["hidden"]?.bool == true,
          isOfUnpublished: filter.map { filter in
            filter["published"]?.bool == false && filter.count { _ in true } == 1
          } ?? false)
      }
    } catch let error as MongoStoreError where error.serverCode == 26 {
      // There is no such collection.
      return []
    }
  }

  /// Those of the events that have stored updates. Led by the index on tenant and event.
  fileprivate func withUpdates(among events: Set<EventKey>, patience: Int64) throws -> Set<EventKey> {
    try events.filter { event in
      let filter = BSONDocument.filter(tenant: event.tenantId) {
        $0.append("eventId", anyOf: [event.eventId])
      }
      let find = BSONDocument.find(
        .updates, filter: filter, fields: ["_id"], limit: 1, patience: patience)
      return try !records(find).isEmpty
    }
  }
}

extension BSONDocument {
  fileprivate static func build(_ body: (inout BSONWriter) -> Void) -> BSONDocument {
    var writer = BSONWriter()
    body(&writer)
    return writer.finish()
  }

  fileprivate static func command(_ name: String) -> BSONDocument {
    build { $0.append(name, Int64(1)) }
  }

  fileprivate static var connectionStatus: BSONDocument {
    build { command in
      command.append("connectionStatus", Int64(1))
      command.append("showPrivileges", true)
    }
  }

  /// Asks how the server would look up what a need is about. No record is read.
  fileprivate static func explanation(of need: IndexNeed, patience: Int64) -> BSONDocument {
    build { command in
      command.open("explain")
      command.append("find", need.collection.rawValue)
      command.open("filter")
      for field in need.equal.sorted() {
        if need.isOfUnpublished { command.append(field, false) } else { command.append(field, "doctor") }
      }
      if let range = need.range {
        command.open(range)
        command.append("$gte", 0.0)
        command.close()
      }
      command.close()
      command.close()
      command.append("verbosity", "queryPlanner")
      command.append("maxTimeMS", patience)
    }
  }

  /// The index of the plan that won; `nil` when it reads the whole collection.
  fileprivate func usedIndex(for need: IndexNeed) -> DatabaseIndex? {
    document("queryPlanner")?.document("winningPlan")?.firstScan.map { scan in
      let isPartial = scan["isPartial"]?.bool ?? false
      // The server uses a partial index only where it holds all that is looked for.
      return DatabaseIndex(
        scan.document("keyPattern")?.map(\.key) ?? [], isPartial: isPartial && !need.isOfUnpublished,
        isOfUnpublished: isPartial && need.isOfUnpublished)
    }
  }

  /// The first stage of a plan that goes through an index. Versions nest stages in different ways.
  private var firstScan: BSONDocument? {
    if self["keyPattern"] != nil { return self }
    for element in self {
      if let scan = (element.document ?? element.array)?.firstScan { return scan }
    }
    return nil
  }

  /// A find whose only answer holds all that it finds.
  fileprivate static func find(
    _ collection: RecordCollection, filter: BSONDocument = .empty, fields: [String] = [],
    sort: [(key: String, order: Int64)] = [], limit: Int, patience: Int64
  ) -> BSONDocument {
    build { command in
      command.append("find", collection.rawValue)
      command.append("filter", filter)
      if !fields.isEmpty {
        command.open("projection")
        if !fields.contains("_id") { command.append("_id", Int64(0)) }
        for field in fields { command.append(field, Int64(1)) }
        command.close()
      }
      if !sort.isEmpty {
        command.open("sort")
        for (key, order) in sort { command.append(key, order) }
        command.close()
      }
      command.append("limit", Int64(limit))
      command.append("batchSize", Int64(limit))
      command.append("singleBatch", true)
      command.append("maxTimeMS", patience)
    }
  }
}
