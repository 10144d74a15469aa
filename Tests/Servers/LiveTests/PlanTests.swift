import BSON
import Foundation
import LiveHarness
import MongoStore
import Pipeline
import RabbitBroker
import TestServers
import TestTraits
import Testing
import Updates

/// Every query of the worker and the commands uses an index, or says why it need not (docs/decisions/0011).
///
/// The plan does not depend on how much is stored, so there is little; PLAN_TESTS_UPDATES=200000 in the environment
/// adds so many updates, and half as many members.
@Suite(.bounded) struct PlanTests {
  /// What a query may do.
  private enum Plan: Equatable {
    /// It is led by one of these indexes.
    case index(Set<String>)
    /// It reads the collection, for this reason.
    case scan(String)
  }

  private static let byUser = Plan.index(["tenantId_1_userId_1_createdAt_1"])
  private static let byEvent = Plan.index(["tenantId_1_eventId_1"])
  private static let byAge = Plan.index(["unpublished_createdAt_1"])
  private static let archive = Plan.scan(
    "the API's collection; docs/operating.md asks for an index on createdAt and _id")

  /// The queries by collection and fields of the filter, in the order of their names.
  private static let plans: [String: Plan] = [
    "dialogs: dialogId, tenantId": .scan(
      "the spec names no index of dialogs; installations have one on dialogId"),
    "dialogmembers: dialogId, isActive, tenantId": .index(["dialogId_1_tenantId_1"]),
    "dialogmembers: dialogId, tenantId": .index(["dialogId_1_tenantId_1"]),
    "dialogmembers: dialogId, tenantId, userId": .index(["dialogId_1_tenantId_1", "userId_1_tenantId_1"]),
    "dialogmembers: dialogId, isActive, tenantId, userId": .index([
      "dialogId_1_tenantId_1", "userId_1_tenantId_1",
    ]),
    "dialogmembers: isActive, tenantId, userId": .index(["userId_1_tenantId_1"]),
    "users: tenantId, userId": .index(["userId_1_tenantId_1"]),
    "messages: messageId, tenantId": .index(["messageId_1"]),
    "messages: createdAt, dialogId, tenantId": .index(["tenantId_1_dialogId_1_createdAt_1"]),
    "messagestatuses: messageId, tenantId": .index(["tenantId_1_messageId_1"]),
    "metas: entityId, entityType, tenantId": .index(["tenantId_1_entityType_1_entityId_1_key_1"]),
    "events: _id": .index(["_id_"]),
    "events: createdAt": archive,
    "events: createdAt, eventType": archive,
    "events: createdAt, tenantId": archive,
    "events: createdAt, eventType, tenantId": archive,
    "updates: _id": .index(["_id_"]),
    "updates: _id, published": .index(["_id_"]),
    "updates: createdAt, published": byAge,
    "updates: eventId, published, tenantId": byEvent,
    "updates: eventId, tenantId": byEvent,
    "updates: eventId, tenantId, userId": byEvent,
    "updates: createdAt, published, tenantId, userId": byUser,
    "updates: eventType, tenantId, userId": byUser,
    "updates: tenantId": .index(["tenantId_1_userId_1_createdAt_1", "tenantId_1_eventId_1"]),
    "updates: tenantId, userId": byUser,
    "updates: published": byAge,
    "updates: ": .scan("nothing to look for; the newest are found by reading all (decision 11)"),
    "updates: createdAt, tenantId, userId": byUser,
    "updates: createdAt, eventType, tenantId, userId": byUser,
    "updates: createdAt, data.dialog.dialogId, tenantId, userId": byUser,
    "dialogmembers: tenantId, userId": .index(["userId_1_tenantId_1"]),
    "updates: data.dialog.dialogId": .scan("no index has the dialog (decision 11)"),
  ]

  @Test func `every query of the worker and the commands is led by an index or is known to read more`()
    async throws
  {
    let mongo = try await MongoServer(.exact)
    try await withInstallation(mongo: mongo) { installation in
      let recorder = try MongoRecorder(before: mongo.port)
      let uri = recorder.uri(instead: installation.mongoURI)
      try await play(installation, uri)
      let updates = try await installation.storedUpdates()
      try fill(installation.database)
      try await runCommands(installation, uri, updates)
      let queries = try recorder.commands().flatMap(Query.all)
      recorder.close()
      let shapes = Dictionary(queries.map { ($0.shape, $0) }) { first, _ in first }
      for (shape, query) in shapes.sorted(by: { $0.key < $1.key }) {
        guard let plan = Self.plans[shape] else {
          Issue.record("nobody has said how this is found: \(shape)")
          continue
        }
        guard case .index(let names) = plan else { continue }
        let name = try query.leadingIndex(in: installation.database)
        #expect(names.contains(name ?? "none"), "\(shape) is led by \(name ?? "nothing")")
      }
      let missing = Set(Self.plans.keys).subtracting(shapes.keys)
      #expect(missing == [], "these queries were not sent")
    }
  }

  /// Adds what the environment asks for, made in the last minutes, so that nothing of it is old enough to be pruned.
  private func fill(_ database: RawDatabase) throws {
    let now = Date().timeIntervalSince1970 * 1000
    let count = Int(ProcessInfo.processInfo.environment["PLAN_TESTS_UPDATES"] ?? "") ?? 0
    for start in stride(from: 0, to: count, by: 1000) {
      let numbers = start..<min(start + 1000, count)
      try database.insert(
        numbers.map {
          #"{"tenantId":"bulk\#($0 % 5)","userId":"u\#($0 % 2000)","eventId":"e\#($0 / 20)","eventType":"dialog.update","#
            + #""data":{"dialog":{"dialogId":"d\#($0 % 97)"}},"published":true,"createdAt":\#(now - Double(count - $0))}"#
        }, into: "updates")
      try database.insert(
        numbers.prefix(500).map {
          #"{"tenantId":"bulk\#($0 % 5)","dialogId":"d\#($0 % 97)","userId":"u\#($0)","unreadCount":1}"#
        }, into: "dialogmembers")
    }
  }

  /// Lets a worker handle events of many kinds, some of them twice.
  private func play(_ installation: Installation, _ uri: String) async throws {
    let events = try await Recording.play("support-chat", to: installation, mongoURI: uri)
    let worker = try WorkerInProcess(installation, mongoURI: uri)
    try installation.client().publish(
      events.map { (Array($0.utf8), "e.t") }, to: installation.topology.eventsExchange)
    try await worker.hasHandled(events.count)
    try await worker.stop()
    // A look-up by the id of a whole dialog, and the roster of one that is too large for a round.
    let dialog = EntityKey(tenantId: Identifier("t"), id: Identifier("d"))
    let store = MongoStore(try MongoConfiguration(uri: uri))
    _ = try await store.dialogs([dialog])
    let update = try #require(try await installation.storedUpdates().first)
    _ = try await store.unpublished(of: [update.eventId], tenantId: update.tenantId, after: nil, limit: 10)
    _ = try await store.roster(of: dialog, after: nil, pageSize: 10).next()
    _ = try await store.roster(of: dialog, after: Identifier("a"), pageSize: 10).next()
    await store.close()
  }

  private func runCommands(
    _ installation: Installation, _ uri: String, _ updates: [StoredUpdate]
  ) async throws {
    let update = try #require(updates.last)
    try installation.database.run(
      #"{"update":"updates","updates":[{"q":{"userId":"\#(update.userId)"},"u":{"$set":{"published":false}}}]}"#
    )
    try installation.database.run(
      #"{"update":"updates","updates":[{"q":{"published":true},"u":{"$set":{"createdAt":1500000000000.5}}}]}"#
    )
    // What is missing is looked for by event, recipient and type as well.
    try installation.database.run(
      #"{"delete":"updates","deletes":[{"q":{"eventType":"dialog.update"},"limit":1}]}"#)
    let tenant = update.tenantId.string
    // SecantusDB reads all that an index leads to, even for the first record alone. So nothing goes from user to user
    // through all tenants, and answers may take long.
    let uri = uri + (uri.contains("?") ? "&" : "?") + "socketTimeoutMS=300000"
    let dialog = try #require(updates.filter { $0.tenantId == update.tenantId }.compactMap(\.dialogId).first)
    for arguments in [
      ["verify", "--since", "2020-01-01", "--tenant", tenant], ["backfill", "--since", "2020-01-01"],
      ["republish"],
      ["inspect", "event", update.eventId.description, "--store", uri],
      ["inspect", "event", update.eventId.description, "--explain", "--store", uri],
      ["inspect", "updates", "--store", uri], ["inspect", "updates", "--store", uri, "--unpublished"],
      ["inspect", "updates", "--store", uri, "--tenant", tenant],
      ["inspect", "updates", "--store", uri, "--tenant", tenant, "--user", update.userId.string],
      ["inspect", "updates", "--store", uri, "--dialog", "d"],
      ["inspect", "updates", "--store", uri, "--event", update.eventId.description],
      ["inspect", "updates", "--store", uri, "--event", update.eventId.description, "--tenant", tenant],
      ["inspect", "dialog", dialog, "--tenant", tenant, "--store", uri],
      ["inspect", "user", update.userId.string, "--tenant", tenant, "--store", uri],
      ["inspect", "stats", "--store", uri], ["prune", "--older-than", "30d", "--tenant", tenant],
    ] {
      let command = try installation.start(arguments, changing: ["MONGODB_URI": uri])
      // Some read all that is stored.
      let ending = try await command.ending(within: .seconds(300))
      #expect([.exited(0), .exited(65)].contains(ending), "\(arguments): \(command.errors)")
    }
  }
}

/// A filter that the worker or a command has sent.
private struct Query {
  let collection: String
  let filter: BSONDocument

  static func all(in command: MongoRecorder.Command) -> [Query] {
    guard let collection = command.collection else { return [] }
    var filters: [BSONDocument] = []
    switch command.name {
    case "find": filters = [command.body.document("filter") ?? .empty]
    case "update", "delete":
      filters = command.sequences.flatMap(\.documents).compactMap { $0.document("q") }
    default: break
    }
    return filters.map { Query(collection: collection, filter: $0) }
  }

  private var fields: [String] { filter.map(\.key).filter { !$0.hasPrefix("$") }.sorted() }

  /// Queries of one shape are found in the same way.
  var shape: String { "\(collection): \(fields.joined(separator: ", "))" }

  /// The index by which the server finds the query's documents; `nil` if it reads the collection.
  ///
  /// SecantusDB takes an index only if it holds every field of the filter, while MongoDB takes one that holds some
  /// and looks at the rest in the documents that it finds. So where the whole filter has none, the server is
  /// asked for the part of it that an index can lead: the fields that an index begins with.
  func leadingIndex(in database: RawDatabase) throws -> String? {
    if let name = try explained(filter, in: database) { return name }
    let indexes = try database.run(#"{"listIndexes":"\#(collection)"}"#).document("cursor")?["firstBatch"]?
      .array
    var best: (count: Int, name: String)?
    for index in indexes?.compactMap(\.document) ?? [] where index.document("partialFilterExpression") == nil
    {
      let keys = index.document("key")?.map(\.key) ?? []
      let led = keys.prefix { fields.contains($0) }
      guard let name = index["name"]?.string, led.count > best?.count ?? 0 else { continue }
      for count in (1...led.count).reversed() {
        var part = BSONWriter()
        for element in filter where led.prefix(count).contains(element.key) { part.append(element) }
        guard try explained(part.finish(), in: database) == name else { continue }
        best = (led.count, name)
        break
      }
    }
    return best?.name
  }

  private func explained(_ filter: BSONDocument, in database: RawDatabase) throws -> String? {
    var find = BSONWriter()
    find.append("find", collection)
    find.append("filter", filter)
    var explain = BSONWriter()
    explain.append("explain", find.finish())
    var stage = try database.run(explain.finish()).document("queryPlanner")?.document("winningPlan")
    while let current = stage {
      if let name = current["indexName"]?.string { return name }
      if current["stage"]?.string == "IDHACK" { return "_id_" }
      stage = current.document("inputStage")
    }
    return nil
  }
}
