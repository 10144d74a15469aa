import BSON
package import Pipeline
import Updates

extension MongoStore: FollowedStore {
  package func feed(of query: UpdateQuery) async throws -> any UpdateFeed {
    let feed = MongoFeed(store: self, query: query, lead: try await lead(of: query))
    try await feed.passStored()
    return feed
  }
}

/// Looks again and again for updates that have not been seen yet.
///
/// `createdAt` is given just before an update is sent to the database, by a worker's clock. So an update may become
/// visible after others with a later time: several workers store at the same time, a slow insert takes a while, and
/// clocks differ. Each look therefore goes back some time before the last one, and what was seen is known by its
/// `_id`. Most looks overlap by a few seconds; now and then one overlaps by a minute. What a worker stores whose clock
/// is more than a minute behind the database's is not seen.
private actor MongoFeed: UpdateFeed {
  /// How far looks go back, in milliseconds.
  private static let (usualOverlap, longOverlap) = (5_000.0, 60_000.0)
  /// One look in so many has the long overlap.
  private static let looksPerLongOne = 15
  /// How long a look may take, also for those who give a single look-up less: without an index on the time it goes
  /// through all updates.
  fileprivate static let longestLook = Duration.seconds(15)
  /// Updates handed out with each call.
  private static let pageSize = 1000

  nonisolated let pause = Duration.seconds(1)
  nonisolated let isLed: Bool
  private let store: MongoStore
  private let query: UpdateQuery
  private var filter: BSONDocument
  /// `createdAt` of what was seen, for as long as a look may find it again.
  private var seen: [ObjectId: Double] = [:]
  /// What was found and not handed out yet, oldest first.
  private var waiting: ArraySlice<ObjectId> = []
  /// The database's time at the last look and at the last one with the long overlap, in milliseconds since 1970.
  private var lastLook = 0.0
  private var lastLongLook = 0.0
  private var looks = 0

  init(store: MongoStore, query: UpdateQuery, lead: UpdateLead) {
    self.store = store
    self.query = query
    isLed = lead.kind != .nothing
    filter = lead.filter
  }

  /// Takes everything that is stored now for seen.
  func passStored() async throws {
    (lastLook, lastLongLook) = try await now { ($0, $0) }
    _ = try await look()
  }

  func next() async throws -> FedUpdates {
    if waiting.isEmpty { waiting = try await look()[...] }
    let page = waiting.prefix(Self.pageSize)
    let updates = try await store.updates(withIds: page)
    waiting = waiting.dropFirst(page.count)
    return FedUpdates(updates, areAll: waiting.isEmpty)
  }

  /// The `_id`s that were not seen before, oldest first.
  private func look() async throws -> [ObjectId] {
    let isLong = looks % Self.looksPerLongOne == 0
    // The conditions may name the tenants that have updates, of which there may be more by now.
    if isLong || seen.isEmpty { filter = try await store.lead(of: query).filter }
    let time = try await now { $0 }
    let since = isLong ? lastLongLook - Self.longOverlap : lastLook - Self.usualOverlap
    var found: [(createdAt: Double, id: ObjectId)] = []
    for (id, createdAt) in try await store.times(of: filter, since: since)
    where seen.updateValue(createdAt, forKey: id) == nil {
      found.append((createdAt, id))
    }
    looks += 1
    lastLook = max(lastLook, time)
    if isLong {
      lastLongLook = max(lastLongLook, time)
      let least = lastLongLook - Self.longOverlap
      seen = seen.filter { $0.value >= least }
    }
    return found.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }.map(\.id)
  }

  private func now<Value>(_ use: (Double) -> Value) async throws -> Value {
    use(try await store.serverTime())
  }
}

extension MongoStore {
  /// The database's clock, in milliseconds since 1970.
  func serverTime() async throws -> Double {
    var command = BSONWriter()
    command.append("hello", Int64(1))
    let hello = command.finish()
    let answer = try await connections.run { try $0.run(hello) }
    return answer["localTime"]?.integer.map(Double.init) ?? UpdateClock().now()
  }

  /// `_id` and `createdAt` of the updates that meet the conditions and were made since a time.
  fileprivate func times(of filter: BSONDocument, since: Double) async throws -> [(ObjectId, Double)] {
    let find = Find(
      Self.updates, filter: filter.and(since: since, cursor: nil), fields: ["_id", "createdAt"],
      batchSize: 5000, patience: MongoFeed.longestLook)
    return try await connections.run { client in
      var times: [(ObjectId, Double)] = []
      try client.forEach(find) { record in
        guard let id = record["_id"]?.objectId, let time = record["createdAt"]?.number else { return }
        times.append((id, time))
      }
      return times
    }
  }

  /// The updates with these `_id`s, oldest first.
  fileprivate func updates(withIds ids: ArraySlice<ObjectId>) async throws -> [StoredUpdate] {
    let finds = Find.slices(ids, of: 200).map { slice in
      var filter = BSONWriter()
      filter.append("_id", anyOf: slice)
      return Find.updates(filter.finish(), sort: [], batchSize: slice.count + 1)
    }
    return try await connections.run { client in
      var updates: [StoredUpdate] = []
      for find in finds {
        try client.forEach(find) { document in
          if let update = StoredUpdate(document) { updates.append(update) }
        }
      }
      return updates.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }
  }
}
