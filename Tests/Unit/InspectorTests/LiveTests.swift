import BSON
import EmbeddedStore
import Foundation
import Pipeline
import Synchronization
import TestServers
import TestTraits
import Testing
import Updates

@testable import Inspector

/// What is told of updates as they are stored and published.
@Suite(.bounded) struct LiveTests {
  /// All updates of a fixture that a search finds, oldest first.
  private static func updates(_ name: String = "support-chat", _ search: String = "") async throws
    -> [StoredUpdate]
  {
    try await InspectedFixture(name).stored(search)
  }

  /// An update as the exchange has it.
  private static func published(_ update: StoredUpdate) throws -> StoredUpdate {
    try #require(
      StoredUpdate(message: update.body(publishedAt: update.createdAt + 7), routingKey: update.routingKey))
  }

  private func stream(
    _ store: any FollowedStore = QuietStore(), _ tap: SharedTap? = nil, _ search: String = "",
    ready: @escaping @Sendable () async throws -> Void = {}
  ) -> LiveStream {
    LiveStream(LiveTail(store, tap, SearchLine(search, now: 0).query, Self.configuration), ready: ready)
  }

  private static let configuration = {
    var configuration = InspectorConfiguration(
      rules: SafetyRules(token: nil, host: "127.0.0.1", port: 1, names: []), storeName: "s",
      storeArgument: "s")
    configuration.livePause = .milliseconds(1)
    configuration.longestLookUp = .zero
    configuration.sentence = { _ in "It is down." }
    return configuration
  }()

  private func shared(_ tap: ScriptedUpdateTap) -> SharedTap {
    SharedTap(tap, pause: RetryPause(shortest: 0.001, longest: 0.001)) { _ in "RabbitMQ is down." }
  }

  @Test func `new updates are told as they are stored, the latest hundred at a time`() async throws {
    let fixture = try await InspectedFixture(nil) { $0.livePause = .milliseconds(1) }
    let answer = await fixture.answer("/api/v1/live?q=!user%3Au001")
    guard case .live(let tail) = answer.body else {
      Issue.record("no stream: \(answer.text ?? "")")
      return
    }
    #expect(answer["Content-Type"] == "text/event-stream; charset=utf-8")
    let stream = LiveStream(tail)
    try await until("the store is followed") { try stream.isFollowing("stored") }
    #expect(try stream.sources()?["published"]?.isNull == true)
    try await fixture.replay(Data(contentsOf: InspectedFixture.file("group-of-200")))
    let stored = try await fixture.stored("!user:u001 tenant:tnt_village").count
    try await until("all are told or skipped") { try stream.updates().count + stream.skipped() == stored }
    #expect(try stream.slices().allSatisfy { $0.count <= 100 })
    await stream.end()
  }

  @Test func `what is published and matches is shown, with what was missed`() async throws {
    let updates = try await Self.updates().map(Self.published)
    let tap = ScriptedUpdateTap()
    let stream = stream(QuietStore(), shared(tap), "user:maria type:MessageUpdate")
    try await until("the exchange is tapped") { try stream.isFollowing("published") }
    #expect(tap.now.keys == ["update.#.maria.messageupdate"])
    tap.publish(updates, missed: 3)
    let due = updates.filter { $0.userId.string == "maria" && $0.type == .message }
    try await until("all are shown") { try stream.updates().count == due.count }
    #expect(try stream.updates().compactMap { $0["_id"]?.string } == due.map(\.id.description))
    #expect(try stream.updates().allSatisfy { $0["published"]?.bool == true })
    #expect(try stream.skipped() == 3)
    await stream.end()
  }

  @Test
  func `all viewers share one tap, which is there from the first to the last and bound to what they need`()
    async throws
  {
    let tap = ScriptedUpdateTap()
    let shared = shared(tap)
    let maria = stream(QuietStore(), shared, "user:maria")
    try await until("the exchange is tapped") { try maria.isFollowing("published") }
    let all = stream(QuietStore(), shared)
    try await until("the other viewer has it too") { try all.isFollowing("published") }
    #expect(tap.now.keys == ["update.#.maria.*", "update.#"])
    await all.end()
    try await until("it takes less again") { tap.now.keys == ["update.#.maria.*"] }
    #expect(tap.now.connections == 1 && tap.now.isConnected)
    await maria.end()
    try await until("nobody looks on") { !tap.now.isConnected }
    let later = stream(QuietStore(), shared)
    try await until("the exchange is tapped again") { try later.isFollowing("published") }
    #expect(tap.now.connections == 2 && tap.now.keys == ["update.#"])
    await shared.close()
    #expect(!tap.now.isConnected)
    await later.end()
  }

  @Test func `a lost connection is told and made again, and the store is followed meanwhile`() async throws {
    let updates = try await Self.updates()
    let (tap, store) = (ScriptedUpdateTap(), QuietStore())
    let stream = stream(store, shared(tap))
    try await until("the exchange is tapped") { try stream.isFollowing("published") }
    tap.refuse(.max)
    tap.lose()
    try await until("the loss is told") { try stream.reason("published") == "RabbitMQ is down." }
    store.add([updates[0]])
    try await until("what is stored is shown") { try stream.updates().count == 1 }
    tap.refuse(0)
    try await until("it is there again") { try stream.isFollowing("published") }
    tap.publish([try Self.published(updates[1])])
    try await until("what is published is shown") { try stream.updates().count == 2 }
    await stream.end()
  }

  @Test func `an update that is stored and then published is told twice, one that is published first once`()
    async throws
  {
    let updates = try await Self.updates()
    let (tap, store) = (ScriptedUpdateTap(), QuietStore())
    let stream = stream(store, shared(tap))
    try await until("both are followed") {
      try stream.isFollowing("stored") && stream.isFollowing("published")
    }
    store.add([updates[0]])
    try await until("it is shown as stored") { try stream.updates().count == 1 }
    tap.publish([try Self.published(updates[0]), try Self.published(updates[1])])
    try await until("both are shown as published") { try stream.updates().count == 3 }
    store.add([updates[1], updates[2]])
    try await until("what is only stored is shown") { try stream.updates().count == 4 }
    #expect(try stream.updates().map { $0["published"]?.bool } == [false, true, true, false])
    #expect(try stream.updates().last?["_id"]?.string == updates[2].id.description)
    await stream.end()
  }

  @Test func `a look that takes long or fails is told, and the stream goes on`() async throws {
    let updates = try await Self.updates()
    let (tap, store) = (ScriptedUpdateTap(), QuietStore())
    store.hold()
    let stream = stream(store, shared(tap))
    try await until("the wait is told") { try stream.reason("stored")?.contains("has not answered") == true }
    tap.publish([try Self.published(updates[0])])
    try await until("what is published is shown meanwhile") { try stream.updates().count == 1 }
    store.goOn()
    try await until("the store is followed") { try stream.isFollowing("stored") }
    store.fail(QuietStore.Failure())
    try await until("the failure is told") { try stream.reason("stored") == "It is down." }
    store.fail(nil)
    store.add([updates[1]])
    try await until("what is stored is shown") { try stream.updates().count == 2 }
    #expect(try stream.isFollowing("stored"))
    await stream.end()
  }

  @Test func `a slow client gets the latest hundred, and is told how many it missed`() async throws {
    let updates = try await Self.updates("group-of-200")
    try #require(updates.count > 300)
    let tap = ScriptedUpdateTap()
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let stream = stream(QuietStore(), shared(tap)) { for await _ in gate {} }
    try await until("the exchange is tapped") { tap.now.isConnected }
    tap.publish(try updates.map(Self.published))
    open.finish()
    try await until("all are told or skipped") {
      try stream.updates().count + stream.skipped() == updates.count
    }
    #expect(
      try stream.updates().suffix(100).compactMap { $0["_id"]?.string }
        == updates.suffix(100).map(\.id.description))
    #expect(try stream.slices().allSatisfy { $0.count <= 100 })
    await stream.end()
  }

  @Test func `an update counts once as skipped, however often it comes`() async throws {
    let updates = try await Self.updates("group-of-200").prefix(250).map { $0 }
    var buffer = LiveBuffer()
    buffer.add(stored: updates)
    buffer.add(published: try updates.map(Self.published), missed: 0)
    buffer.add(stored: updates)
    let (shown, skipped) = buffer.take()
    #expect(shown.count == 100 && skipped == 150)
    #expect(shown.allSatisfy { $0.isPublished })
    let (rest, missed) = buffer.take()
    #expect(rest.isEmpty && missed == 0)
  }

  @Test(arguments: ["/live", "/api/v1/live"])
  func `a search for a time is a mistake, as what comes is still to come`(path: String) async throws {
    let fixture = try await InspectedFixture(nil)
    for term in ["after:2h", "before:2026-11-21"] {
      let answer = await fixture.answer(Link(path, [("q", "user:maria \(term)")]).string)
      #expect(answer.status == 400)
      #expect(answer.text?.contains("does not go with the live page") == true)
    }
    let updates = await fixture.page(Link("/updates", [("q", "user:maria after:2h")]).string)
    #expect(updates.contains("href=\"/live?q=user%3Amaria\""))
  }

  @Test func `the page says what it follows`() async throws {
    let note = "start the inspector with --rabbitmq-url"
    let file = try await InspectedFixture(nil)
    #expect(await !file.page("/live").contains(note), "a file has no worker beside it")
    let database = try await InspectedFixture(nil) { $0.isLive = true }
    #expect(await database.page("/live").contains(note))
    let tapped = try await InspectedFixture(nil, tap: ScriptedUpdateTap()) { $0.isLive = true }
    #expect(await tapped.page("/live").contains("as they are stored and as they are published"))
    #expect(await tapped.page("/live?q=is%3Aunpublished").contains("nothing that is published meets"))
  }

  @Test(arguments: [
    "", "user:maria", "!user:maria", "tenant:tnt_teashop", "tenant:x", "dialog:dlg_order4711",
    "!dialog:dlg_order4711",
    "event:6925a0010000000000000002", "!event:6925a0010000000000000002", "type:MessageUpdate user:olga",
    "!type:DialogUpdate", "event-type:dialog.typing", "is:unpublished", "is:published",
    "type:UserStatsUpdate",
  ])
  func `a search finds of what is published the same as of what is stored, and its keys bind that`(
    search: String
  )
    async throws
  {
    let query = SearchLine(search, now: 0).query
    let (found, all) = (try await Self.updates("support-chat", search), try await Self.updates())
    #expect(Set(all.filter(query.matches).map(\.id)) == Set(found.map(\.id)))
    for update in all.map(\.routingKey) where query.onlyUnpublished == false {
      let isBound = query.bindingKeys.contains { isBinding($0, of: update) }
      let isWanted = all.contains { $0.routingKey == update && query.matches($0) }
      #expect(isBound || !isWanted, "\(update)")
    }
  }

  @Test func `a binding has as much of the search as routing keys allow`() {
    func keys(_ search: String) -> Set<String> { SearchLine(search, now: 0).query.bindingKeys }
    #expect(keys("") == ["update.#"] && keys("tenant:t !user:u") == ["update.#"])
    #expect(keys("user:a.b") == ["update.#.a.b.*"])
    #expect(keys("type:TypingUpdate") == ["update.#.typingupdate"])
    #expect(keys("is:unpublished") == [])
    #expect(keys("user:" + String(repeating: "u", count: 250)) == ["update.#"])
  }

  @Test func `a message is read as the update that it is`() async throws {
    for update in try await Self.updates() {
      let read = try Self.published(update)
      let differing = read.document.differences(from: update.document).map(\.path)
      #expect(Set(differing) == ["published", "publishedAt"], "\(differing)")
    }
    for body in ["", "[]", "{}", #"{"_id":"x"}"#] {
      #expect(StoredUpdate(message: Array(body.utf8), routingKey: "update.x") == nil)
    }
  }

  /// Whether a topic exchange sends a message of this routing key to a queue that is bound by a key.
  private func isBinding(_ key: String, of routingKey: String) -> Bool {
    func words(_ text: String) -> ArraySlice<Substring> {
      text.split(separator: ".", omittingEmptySubsequences: false)[...]
    }
    func matches(_ pattern: ArraySlice<Substring>, _ words: ArraySlice<Substring>) -> Bool {
      guard let first = pattern.first else { return words.isEmpty }
      if first == "#" {
        return matches(pattern.dropFirst(), words) || !words.isEmpty && matches(pattern, words.dropFirst())
      }
      guard let word = words.first, first == "*" || first == word else { return false }
      return matches(pattern.dropFirst(), words.dropFirst())
    }
    return matches(words(key), words(routingKey))
  }
}

extension InspectedFixture {
  /// All stored updates that a search finds, oldest first.
  fileprivate func stored(_ search: String) async throws -> [StoredUpdate] {
    let found = Mutex<[StoredUpdate]>([])
    var query = SearchLine(search, now: 0).query
    query.limit = 0
    try await store.updates(matching: query) { update in
      found.withLock { $0.append(update) }
      return true
    }
    return found.withLock { $0.reversed() }
  }
}

/// A store in which nothing happens but what a test does.
final class QuietStore: FollowedStore, UpdateFeed {
  struct Failure: Error {}

  private struct State {
    var updates: [StoredUpdate] = []
    var failure: (any Error)?
    var isHeld = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  var pause: Duration { .milliseconds(1) }
  var isLed: Bool { true }

  func add(_ updates: [StoredUpdate]) { state.withLock { $0.updates += updates } }

  func fail(_ failure: (any Error)?) { state.withLock { $0.failure = failure } }

  /// Looks do not end until it goes on.
  func hold() { state.withLock { $0.isHeld = true } }

  func goOn() {
    let waiters = state.withLock { state in
      state.isHeld = false
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func feed(of query: UpdateQuery) async throws -> any UpdateFeed { self }

  func next() async throws -> FedUpdates {
    await withCheckedContinuation { continuation in
      let isHeld = state.withLock { state in
        if state.isHeld { state.waiters.append(continuation) }
        return state.isHeld
      }
      if !isHeld { continuation.resume() }
    }
    return try state.withLock { state in
      if let failure = state.failure { throw failure }
      defer { state.updates = [] }
      return FedUpdates(state.updates, areAll: true)
    }
  }
}
