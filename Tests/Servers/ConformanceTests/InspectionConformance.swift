import BSON
import Foundation
import Maintenance
import MongoStore
import Pipeline
import ReplayHarness
import ScriptedEnds
import Synchronization
import TestKit
import TestServers
import TestTraits
import Testing
import Updates

/// Inspections find the same in every kind of store.
@Suite(.bounded) struct InspectionConformance {
  private static let patience = Duration.seconds(60)

  /// The report without what varies from replay to replay, or depends on how the store finds it.
  private func withoutTimes(_ document: BSONDocument) -> String {
    document.text
      .replacing(/"(createdAt|publishedAt|from|to|hour|oldest)":[-+.0-9eE]+/) { "\"\($0.output.1)\":0" }
      .replacing(/"next":"[^"]*"/, with: "\"next\":\"…\"")
      .replacing(/"seenBy":(null|\[[^\]]*\])/, with: "\"seenBy\":0")
  }

  /// What all the inspections say of a store into which a fixture was replayed.
  private func everything(of fixture: String, in store: any ConformingStore) async throws -> [String] {
    let file = Repository.file("fixtures/\(fixture).ndjson")
    let lines = String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n").map(
      String.init)
    _ = try await replay(lines, into: store as any ReplayTarget)
    let all = try await pages(UpdateQuery(), limit: 7, in: store)
    try await expectOpposites(of: all, in: store)
    // The recipients of one event come in the order in which the store has the members.
    var said = all.map { withoutTimes($0.document) }.sorted()
    func keys(_ ids: (StoredUpdate) -> String?) -> [EntityKey] {
      Set(all.compactMap { update in ids(update).map { EntityKey(update.tenantId.string, $0) } })
        .sorted { ($0.tenantId, $0.id) < ($1.tenantId, $1.id) }
    }
    for user in keys({ $0.userId.string }) {
      let report = try await UserReport(of: user, in: store, limit: 5, cursor: nil, patience: Self.patience)
      said.append(withoutTimes(report.document))
    }
    for dialog in keys(\.dialogId) {
      let report = try await DialogReport(
        of: dialog, in: store, memberLimit: 4, eventLimit: 5, patience: Self.patience)
      said.append(withoutTimes(report.document))
    }
    for event in Set(all.map(\.eventId)).sorted() {
      for report in try await EventReport.all(of: event, tenantId: nil, in: store) {
        // Who got nothing is worded by the explanation where the store has the event itself: a file has it of the replay.
        said.append(String(report.document.text.split(separator: "\"updates\"").first ?? ""))
        said += report.updates.map { "\($0.recipient) \($0.type) \($0.isPublished) \($0.routingKey)" }
          .sorted()
      }
    }
    said += try await explanations(of: lines, in: store)
    let counts = try await store.counts(
      of: nil, since: nil, until: nil, by: .hour, countsEvents: true, patience: Self.patience)
    let events = Dictionary(counts.events.map { ($0.key.eventType, $0.value) }, uniquingKeysWith: +)
    said += events.map { "\($0.key) \($0.value) events" }.sorted()
    let own = Set(
      all.filter { $0.type != .userStats }.map { EventKey(tenantId: $0.tenantId, eventId: $0.eventId) })
    #expect(events.values.reduce(0, +) == own.count)
    let statistics = try await StoreStatistics(
      of: nil, since: nil, until: nil, in: store, patience: Self.patience)
    #expect(statistics.total == all.count && statistics.counts.searched.isComplete)
    said.append(withoutTimes(statistics.document))
    return said
  }

  /// What a query excludes and what it asks for are together everything; and each update is found by its `_id`.
  private func expectOpposites(of all: [StoredUpdate], in store: any ConformingStore) async throws {
    let sample = try #require(all.first { $0.dialogId != nil })
    var opposites: [(UpdateQuery, UpdateQuery)] = []
    func add(_ ask: (inout UpdateQuery) -> Void, _ exclude: (inout UpdateQuery) -> Void) {
      var pair = (UpdateQuery(), UpdateQuery())
      ask(&pair.0)
      exclude(&pair.1)
      opposites.append(pair)
    }
    add({ $0.tenantId = sample.tenantId.string }) { $0.excluded.tenantIds = [sample.tenantId.string] }
    add({ $0.userId = sample.userId.string }) { $0.excluded.userIds = [sample.userId.string] }
    add({ $0.dialogId = sample.dialogId }) { $0.excluded.dialogIds = [sample.dialogId ?? ""] }
    add({ $0.eventId = sample.eventId }) { $0.excluded.eventIds = [sample.eventId] }
    add({ $0.eventTypes = [sample.eventType] }) { $0.excluded.eventTypes = [sample.eventType] }
    add({ $0.onlyPublished = true }) { $0.onlyUnpublished = true }
    for (asked, excluded) in opposites {
      let found = try await pages(asked, limit: 500, in: store).map(\.id)
      let others = try await pages(excluded, limit: 500, in: store).map(\.id)
      #expect((found + others).sorted() == all.map(\.id).sorted())
    }
    #expect(try await store.update(sample.id)?.document == sample.document)
    #expect(try await store.update(.least)?.id == nil)
  }

  /// What is explained of each line, and how it compares with what is stored.
  private func explanations(of lines: [String], in store: any ConformingStore) async throws -> [String] {
    var said: [String] = []
    for line in lines where line.contains("eventType") {
      let dryRun = try await DryRun(of: .json(Array(line.utf8)), in: store)
      said.append(withoutTimes(dryRun.explanation.document))
      said += dryRun.lines.map { "\($0.userId) \($0.type) \($0.verdict.name)" }.sorted()
    }
    return said
  }

  @Test(arguments: StoreKind.inspected)
  func `an event of which the state has a copy is found by its identity, in each tenant`(
    kind: StoreKind
  ) async throws {
    try await kind.withInspectedStore { store in
      let id = "64b000000000000000000001"
      let events = ["64b000000000000000000001", "64b000000000000000000002"].map {
        #"{"_id":"\#($0)","tenantId":"t","eventType":"dialog.update","createdAt":5.5,"data":{"n":1}}"#
      }
      try await store.apply(#"{"upsert":{"events":[\#(events.joined(separator: ","))]}}"#)
      let found = try await store.events(of: try #require(ObjectId(id)))
      #expect(Array(found.keys) == [Identifier("t")])
      guard case .document(let document) = found[Identifier("t")] else {
        Issue.record("no document: \(found)")
        return
      }
      let header = try EventHeader(document)
      #expect(header.id.description == id && header.typeName == "dialog.update")
      #expect(document.document("data")?["n"]?.integer == 1 && document["createdAt"]?.number == 5.5)
      #expect(try await store.events(of: try #require(ObjectId("64b000000000000000000009"))).isEmpty)
    }
  }

  private func pages(_ query: UpdateQuery, limit: Int, in store: any UpdateCatalog) async throws
    -> [StoredUpdate]
  {
    var (query, found): (UpdateQuery, [StoredUpdate]) = (query, [])
    query.limit = limit
    while true {
      let page = try await store.page(of: query, patience: Self.patience)
      found += page.updates
      #expect(page.searched.isComplete)
      guard let next = page.next else { return found }
      query.cursor = next
    }
  }

  @Test(arguments: ["support-chat", "two-tenants", "legacy-producers"])
  func `every inspection of a replayed fixture says the same`(fixture: String) async throws {
    let said = Mutex<[[String]]>([])
    for kind in StoreKind.inspected {
      try await kind.withInspectedStore { store in
        let all = try await everything(of: fixture, in: store)
        said.withLock { $0.append(all) }
      }
    }
    let (embedded, mongo) = said.withLock { ($0[0], $0[1]) }
    #expect(embedded.count == mongo.count)
    for (left, right) in zip(embedded, mongo) { #expect(left == right) }
  }

  private static let queries: [@Sendable (inout UpdateQuery) -> Void] = [
    { _ in }, { $0.userId = "a" }, { ($0.tenantId, $0.userId) = ("t", "b") }, { $0.dialogId = "d" },
    { ($0.tenantId, $0.userId, $0.onlyUnpublished) = ("t", "a", true) }, { $0.onlyUnpublished = true },
    { ($0.since, $0.cursor) = (2002, .before(6001)) }, { $0.eventTypes = ["user.add"] },
    { ($0.tenantId, $0.eventTypes) = ("t", ["dialog.update"]) }, { $0.tenantId = "u" },
    { $0.eventId = ObjectId("64b000000000000000000004") },
    { ($0.userId, $0.dialogId, $0.since) = ("c", "d", 1500) },
  ]

  @Test(arguments: StoreKind.inspected, queries.indices)
  func `pages, one after the other, are the listing`(kind: StoreKind, index: Int) async throws {
    try await kind.withInspectedStore { store in
      for number in 1...9 {
        _ = try await store.insert(try ScriptedEvent.dialogUpdate(number).updates(for: ["a", "b", "c"]))
      }
      var query = UpdateQuery()
      query.limit = 0
      let everything = try await listing(query, in: store)
      try await store.markPublished([everything[4].id, everything[11].id], at: 9)
      Self.queries[index](&query)
      let expected = try await listing(query, in: store)
      #expect(expected.isEmpty == (query.tenantId == "u" || query.eventTypes == ["user.add"]))
      for limit in [1, 4, 100] {
        #expect(try await pages(query, limit: limit, in: store).map(\.id) == expected.map(\.id))
      }
    }
  }

  private func listing(_ query: UpdateQuery, in store: any UpdateCatalog) async throws -> [StoredUpdate] {
    let found = Mutex<[StoredUpdate]>([])
    try await store.updates(matching: query) { update in
      found.withLock { $0.append(update) }
      return true
    }
    return found.withLock { $0 }
  }

  @Test func `without an index on the time MongoDB is searched all the same, and the page says so`()
    async throws
  {
    let store = MongoStore(try MongoConfiguration(uri: try await MongoServer.sharedURI()))
    for number in 1...5 {
      _ = try await store.insert(try ScriptedEvent.dialogUpdate(number).updates(for: ["a", "b"]))
    }
    var query = UpdateQuery()
    let page = try await store.page(of: query, patience: Self.patience)
    #expect(page.updates.count == 10 && page.searched.isComplete && !page.searched.isLed)
    #expect(try await pages(query, limit: 3, in: store).map(\.id) == page.updates.map(\.id))
    (query.tenantId, query.userId) = ("t", "a")
    #expect(try await store.page(of: query, patience: Self.patience).searched.isLed)
    try await store.prepare()
    await store.close()
  }

  @Test(arguments: StoreKind.inspected)
  func `a feed has every update that is stored after its start, once, in any order of their times`(
    kind: StoreKind
  )
    async throws
  {
    try await kind.withInspectedStore { store in
      /// Stores updates that were made so many milliseconds after now.
      func keep(_ number: Int, at times: [Double]) async throws -> [ObjectId] {
        var updates = try ScriptedEvent.dialogUpdate(number).updates(for: times.indices.map { "u\($0)" })
        let now = UpdateClock().now()
        for (index, time) in times.enumerated() { updates[index].createdAt = now + time }
        _ = try await store.insert(updates)
        return updates.map(\.id)
      }
      _ = try await keep(1, at: [-4000, -2000, 0])
      let feed = try await store.feed(of: UpdateQuery())
      var query = UpdateQuery()
      query.userId = "u1"
      let ofOne = try await store.feed(of: query)
      #expect(try await feed.next().updates.isEmpty)
      // Another worker's clock is behind, and one insert has taken long.
      let second = try await keep(2, at: [-3000, 1, -1])
      #expect(Set(try await feed.next().updates.map(\.id)) == Set(second))
      let third = try await keep(3, at: [-2500, -2400])
      let late = try await keep(4, at: [-40_000, 2])
      var found: [ObjectId] = []
      for _ in 1...20 { found += try await feed.next().updates.map(\.id) }
      #expect(found.count == 4 && Set(found) == Set(third + late))
      var others: [ObjectId] = []
      for _ in 1...20 { others += try await ofOne.next().updates.map(\.id) }
      #expect(others.count == 3 && Set(others) == [second[1], third[1], late[1]])
    }
  }

  @Test(arguments: StoreKind.inspected)
  func `a feed misses nothing and repeats nothing while several writers store`(kind: StoreKind) async throws {
    try await kind.withInspectedStore { store in
      let feed = try await store.feed(of: UpdateQuery())
      let progress = Progress()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<3 {
          group.addTask {
            defer { progress.writing.withLock { $0 -= 1 } }
            let clock = UpdateClock()
            for number in 1...30 {
              let event = try ScriptedEvent.dialogUpdate(writer * 100 + number)
              var updates = try event.updates(for: (0..<20).map { "u\($0)" })
              // Clocks that differ by up to two seconds.
              for index in updates.indices { updates[index].createdAt = clock.next() - Double(writer) * 1000 }
              _ = try await store.insert(updates)
              progress.stored.withLock { $0.formUnion(updates.map(\.id)) }
            }
          }
        }
        var found: [ObjectId] = []
        while true {
          let isLast = progress.writing.withLock { $0 == 0 }
          let fed = try await feed.next()
          found += fed.updates.map(\.id)
          if isLast && fed.areAll { break }
        }
        try await group.waitForAll()
        #expect(found.count == 1800 && Set(found) == progress.stored.withLock { $0 })
      }
    }
  }

  /// How far the writers have come.
  private final class Progress: Sendable {
    /// How many still write.
    let writing = Mutex(3)
    let stored = Mutex<Set<ObjectId>>([])
  }
}
