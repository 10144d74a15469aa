import BSON
import EmbeddedStore
import Foundation
import Pipeline
import Updates

/// What the runs with one load share: servers that hold its state, and everything that is made beforehand.
final class Bench {
  static let eventsPerRound = 300
  static let updates = "updates"
  static let events: StaticString = "chat3_events"
  static let eventQueue: StaticString = "update_worker_queue"

  let load: Load
  let database: String
  let servers: Servers
  let mongo: MongoConnection
  let events: [PreparedMessage]
  let rounds: [RecordedRound]
  /// How many updates each event makes.
  let updatesPerEvent: [Int]

  private let arena = Arena()
  private let indexes: CDocument
  private let onlyId: CDocument
  let unordered: CDocument

  var updateCount: Int { updatesPerEvent.reduce(0, +) }

  /// Fills a database and records what the events make.
  init(_ load: Load, servers: Servers) async throws {
    self.load = load
    self.servers = servers
    database = "benchmark_\(load.recipients)"
    mongo = try MongoConnection(uri: servers.mongoURI(database), database: database)
    unordered = try CDocument(JSONReader.object(Array("{\"ordered\":false,\"validate\":false}".utf8)))
    onlyId = try CDocument(JSONReader.object(Array("{\"projection\":{\"_id\":1},\"limit\":1}".utf8)))
    indexes = try CDocument(JSONReader.object(Array(Self.indexes.utf8)))
    let arena = arena
    events = (0..<load.events).map { PreparedMessage(event: load.event($0), in: arena) }
    (rounds, updatesPerEvent) = try await Self.record(load)
    try Self.insert(load.state(), into: mongo)
    try Self.indexState(of: mongo)
  }

  static func insert(_ state: [StateChange], into mongo: MongoConnection) throws {
    let unordered = try CDocument(JSONReader.object(Array("{\"ordered\":false,\"validate\":false}".utf8)))
    for change in state {
      for (name, records) in Dictionary(grouping: change.records, by: \.collection) {
        try mongo.insert(try CDocuments(records.map(\.document)), into: name.rawValue, options: unordered)
      }
    }
  }

  static func indexState(of mongo: MongoConnection) throws {
    for index in stateIndexes { try mongo.run(CDocument(JSONReader.object(Array(index.utf8)))) }
  }

  /// Runs the events through a pipeline in memory, in rounds of the size that the worker takes.
  private static func record(_ load: Load) async throws -> ([RecordedRound], [Int]) {
    let store = try EmbeddedStore.inMemory()
    for change in try load.state() { try await store.apply(change) }
    let recorder = Recorder(store)
    var limits = PipelineLimits()
    limits.openEvents = eventsPerRound
    limits.roundMilliseconds = nil
    let pipeline = UpdatePipeline(
      directory: recorder, store: recorder, publisher: recorder, deadLetters: recorder, limits: limits)
    var rounds: [RecordedRound] = []
    var counts = [Int](repeating: 0, count: load.events)
    for start in stride(from: 0, to: load.events, by: eventsPerRound) {
      let range = start..<min(start + eventsPerRound, load.events)
      _ = try await pipeline.handle(
        range.map { Delivery(content: .json(load.event($0)), tag: UInt64($0 + 1)) })
      let recorded = recorder.take(events: range.count)
      for message in recorded.messages.joined() {
        guard let index = Load.index(ofIdentity: message.eventId.description) else { continue }
        counts[index] += 1
      }
      rounds.append(recorded)
    }
    return (rounds, counts)
  }

  /// Removes all updates and makes their indexes anew, as the worker makes them.
  func forgetUpdates() throws {
    try mongo.drop(Self.updates)
    try mongo.run(indexes)
  }

  /// Waits until the update is marked as published; the caller gives the last one of all.
  func awaitMark(of id: String) throws {
    guard let id = ObjectId(id) else { throw BenchmarkError("\"\(id)\" is not the id of an update") }
    let end = Clock.now() + 20_000_000_000
    while try unmarked(id) > 0 {
      guard Clock.now() < end else { throw BenchmarkError("the last update was not marked in time") }
      Clock.sleep(until: Clock.now() + 2_000_000)
    }
  }

  private func unmarked(_ id: ObjectId) throws -> Int {
    var filter = BSONWriter()
    filter.append("_id", id)
    filter.append("published", false)
    return try mongo.find(Self.updates, filter: CDocument(filter.finish()), options: onlyId)
  }

  /// - Throws: If an update is not marked, or an event was not acknowledged.
  func checkAllDone() throws {
    var filter = BSONWriter()
    filter.append("published", false)
    guard try mongo.find(Self.updates, filter: CDocument(filter.finish()), options: onlyId) == 0 else {
      throw BenchmarkError("updates are left that were not marked as published")
    }
    let left = try servers.broker.look(at: Self.eventQueue).messages
    guard left == 0 else { throw BenchmarkError("\(left) events were not acknowledged") }
  }

  private static let indexes = """
    {"createIndexes":"updates","indexes":[\
    {"key":{"tenantId":1,"userId":1,"createdAt":1},"name":"tenantId_1_userId_1_createdAt_1"},\
    {"key":{"tenantId":1,"eventId":1},"name":"tenantId_1_eventId_1"},\
    {"key":{"createdAt":1},"name":"unpublished_createdAt_1","partialFilterExpression":{"published":false}}]}
    """

  /// The indexes that existing installations have (spec section 2).
  private static let stateIndexes = [
    ("dialogmembers", "\"dialogId\":1,\"tenantId\":1"), ("dialogmembers", "\"userId\":1,\"tenantId\":1"),
    ("users", "\"userId\":1,\"tenantId\":1"), ("messages", "\"messageId\":1"),
    ("messages", "\"tenantId\":1,\"dialogId\":1,\"createdAt\":1"),
    ("messagestatuses", "\"tenantId\":1,\"messageId\":1"),
    ("metas", "\"tenantId\":1,\"entityType\":1,\"entityId\":1,\"key\":1"),
  ].enumerated().map { number, index in
    "{\"createIndexes\":\"\(index.0)\",\"indexes\":[{\"key\":{\(index.1)},\"name\":\"state_\(number)\"}]}"
  }
}
