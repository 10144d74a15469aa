import BSON
import Pipeline
import ScriptedEnds
import Synchronization
import TestTraits
import Testing
import Updates

/// The events of a round on their way through all stations.
@Suite(.bounded) struct UpdatePipelineTests {
  private final class Scene: Sendable {
    let journal: Journal
    let directory: ScriptedDirectory
    let store: ScriptedStore
    let publisher: ScriptedPublisher
    let deadLetters: ScriptedDeadLetters
    let pipeline: UpdatePipeline

    init(
      _ limits: PipelineLimits = PipelineLimits(),
      _ build: (inout ScriptedDirectory.State) -> Void = { _ in },
      hold: @escaping @Sendable (_ lookUp: String) async -> Void = { _ in }
    ) {
      journal = Journal()
      directory = ScriptedDirectory(build, hold: hold)
      store = ScriptedStore(journal: journal)
      publisher = ScriptedPublisher(journal: journal)
      deadLetters = ScriptedDeadLetters(journal: journal)
      pipeline = UpdatePipeline(
        directory: directory, store: store, publisher: publisher, deadLetters: deadLetters, limits: limits)
    }

    func handle(_ events: [ScriptedEvent]) async throws -> Tally {
      try await pipeline.handle(events.map { $0.delivery() }).tally
    }

    /// Event number, recipient and update type of each published message: `1 a DialogUpdate`.
    var published: [String] {
      get async {
        await publisher.messages.map { message in
          let number = Int(message.eventId.description.dropFirst(4)) ?? 0
          return "\(number) \(message.userId.string) \(message.type?.rawValue ?? "?")"
        }
      }
    }

    /// How often a collection was asked.
    func lookUps(_ name: String) -> Int {
      directory.journal.lines.count { $0.hasPrefix(name + " ") }
    }
  }

  /// Rounds of at most 10 updates.
  private var smallRounds: PipelineLimits {
    var limits = PipelineLimits()
    limits.updatesPerRound = 10...10
    return limits
  }

  private func users(_ count: Int) -> [String] {
    (1...count).map { "u" + String($0 + 100) }
  }

  @Test func `§5 updates come in the order of the events, then of the roster`() async throws {
    let scene = Scene { $0.join(["a", "b"], "d") }
    _ = try await scene.handle([
      .dialogUpdate(1), .userUpdate(2, user: "c"), .dialogUpdate(3),
    ])
    #expect(
      await scene.published == [
        "1 a DialogUpdate", "1 b DialogUpdate", "2 c UserUpdate", "3 a DialogUpdate", "3 b DialogUpdate",
      ])
  }

  /// Lets look-ups go on only when all of a step have begun.
  private actor Steps {
    private var steps: ArraySlice<Set<String>>
    private var waiting: [String: CheckedContinuation<Void, Never>] = [:]

    init(_ steps: [Set<String>]) { self.steps = steps[...] }

    var isEmpty: Bool { steps.isEmpty && waiting.isEmpty }

    func begin(_ name: String) async {
      await withCheckedContinuation { continuation in
        waiting[name] = continuation
        guard Set(waiting.keys) == steps.first else { return }
        steps.removeFirst()
        for look in waiting.values { look.resume() }
        waiting = [:]
      }
    }
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      (
        try ScriptedEvent.messageCreate(1, sender: "a"),
        [["messages"], ["rosters", "statuses", "newerMessages"], ["users", "metas", "membershipCounts"]]
      ),
      (
        try ScriptedEvent(1, "dialog.typing", data: #"{"dialog":{"dialogId":"d"},"typing":{"userId":"a"}}"#),
        [["rosters"], ["users", "metas"]]
      ),
    ] as [(ScriptedEvent, [Set<String>])])
  func `look-ups that do not depend on each other go at once`(
    _ event: ScriptedEvent, _ expected: [Set<String>]
  ) async throws {
    let steps = Steps(expected)
    let scene = Scene(
      PipelineLimits(), { $0.join(["a", "b"], "d", unreadCount: 1) }, hold: { await steps.begin($0) })
    _ = try await scene.handle([event])
    #expect(await steps.isEmpty)
    #expect(await !scene.published.isEmpty)
  }

  @Test func `events of one round share their look-ups`() async throws {
    let scene = Scene { state in
      for dialog in ["d", "e", "f"] { state.join(["a", "b"], dialog) }
    }
    _ = try await scene.handle(
      ["d", "e", "f"].enumerated().map { try .dialogUpdate($0 + 1, dialog: $1) })
    #expect(scene.directory.journal.lines.sorted() == ["metas 6", "rosters 3", "users 2"])
  }

  @Test func `§8 bad events are buried when everything else is stored and published`() async throws {
    let scene = Scene()
    let tally = try await scene.handle([
      .userUpdate(1, user: ""), .userUpdate(2, user: "a"), .userUpdate(3, user: ""),
      .userUpdate(4, user: "b"),
    ])
    #expect(scene.journal.lines == ["insert a b", "publish a b", "mark a b", "bury 1", "bury 3"])
    #expect(tally.bad == 2)
    #expect(tally.events == ["user.update": 2])
  }

  @Test func `§3.1 an event whose dialog is not stored is bad`() async throws {
    let scene = Scene { $0.join(["a"], "d") }
    _ = try await scene.handle([
      ScriptedEvent(1, "dialog.update", data: #"{"context":{"dialogId":"d"}}"#), .dialogUpdate(2),
    ])
    #expect(await scene.published == ["2 a DialogUpdate"])
    #expect(
      await scene.deadLetters.letters.map(\.reason)
        == ["data.dialog is missing, and no stored dialog has the dialogId d"])
  }

  @Test func `§3.1 an event whose message is not stored is bad`() async throws {
    let scene = Scene()
    _ = try await scene.handle([
      ScriptedEvent(1, "message.update", data: #"{"context":{"messageId":"m","dialogId":"d"}}"#)
    ])
    #expect(
      await scene.deadLetters.letters.map(\.reason)
        == ["data.message is missing, and no stored message has the messageId m"])
  }

  @Test func `§8 an event that the store refuses is buried, its other updates are published`() async throws {
    let scene = Scene { $0.join(["a", "b", "c"], "d") }
    scene.store.answer(.refused("too large"), for: "b")
    let tally = try await scene.handle([.dialogUpdate(1), .userUpdate(2, user: "e")])
    #expect(
      await scene.published == ["1 a DialogUpdate", "1 c DialogUpdate", "2 e UserUpdate"])
    #expect(
      await scene.deadLetters.letters.map(\.reason) == ["an update for b cannot be stored: too large"])
    #expect(tally.bad == 1)
    #expect(tally.events == ["user.update": 1])
  }

  @Test func `§3 events of other types are counted as ignored`() async throws {
    let scene = Scene()
    let tally = try await scene.handle([
      ScriptedEvent(1, "tenant.create"), ScriptedEvent(2, "message.delete"),
      ScriptedEvent(3, "tenant.create"),
    ])
    #expect(tally.ignored == ["tenant.create": 2, "message.delete": 1])
    #expect(tally.totalEvents == 3)
    #expect(scene.journal.lines == [])
  }

  @Test func `§3 an event without recipients is handled`() async throws {
    let scene = Scene()
    let tally = try await scene.handle([.dialogUpdate(1)])
    #expect(tally.events == ["dialog.update": 1])
    #expect(scene.journal.lines == [])
  }

  @Test func `§4 an event that comes again in the round makes nothing twice`() async throws {
    let scene = Scene { $0.join(["a"], "d") }
    let tally = try await scene.handle([.dialogUpdate(1), .dialogUpdate(1)])
    #expect(await scene.published == ["1 a DialogUpdate"])
    #expect(tally.alreadyStored == 1)
    #expect(tally.events == ["dialog.update": 2])
  }

  // MARK: - Large rounds

  @Test func `many events of one dialog are handled few at a time, in their order`() async throws {
    let members = users(6)
    let scene = Scene(smallRounds) { $0.join(members, "d") }
    _ = try await scene.handle((1...20).map { try .dialogUpdate($0) })
    #expect(
      await scene.published == (1...20).flatMap { number in members.map { "\(number) \($0) DialogUpdate" } })
    #expect(scene.lookUps("users") <= 13, "all rounds but the first have 10 of the 120 updates")
  }

  @Test func `events of many dialogs are handled as many at once as have room`() async throws {
    let scene = Scene(smallRounds) { state in
      for number in 1...40 { state.join(["a", "b"], "d\(number)") }
    }
    _ = try await scene.handle((1...40).map { try .dialogUpdate($0, dialog: "d\($0)") })
    #expect(
      await scene.published == (1...40).flatMap { ["\($0) a DialogUpdate", "\($0) b DialogUpdate"] })
    #expect(scene.lookUps("users") < 40)
    #expect(scene.lookUps("roster") == 0)
  }

  @Test func `§7.7 a large dialog passes in slices of its roster, nobody twice`() async throws {
    let members = users(23)
    let scene = Scene(smallRounds) { $0.join(members, "d") }
    _ = try await scene.handle([.dialogUpdate(1)])
    #expect(await scene.published == members.map { "1 \($0) DialogUpdate" })
    #expect(scene.lookUps("roster") == 1)
    #expect(scene.directory.journal.lines.filter { $0.hasPrefix("users") }.last == "users 3")
  }

  @Test func `§7.7 later events of other dialogs pass a large one, those of its own wait`() async throws {
    let members = users(32)
    let scene = Scene(smallRounds) { state in
      state.join(members, "large")
      state.join(["a"], "small")
    }
    _ = try await scene.handle([
      .dialogUpdate(1, dialog: "small"), .dialogUpdate(2, dialog: "large"), .dialogUpdate(3, dialog: "large"),
      .dialogUpdate(4, dialog: "small"), .userUpdate(5, user: "c"),
    ])
    let published = await scene.published
    let large = [2, 3].flatMap { number in members.map { "\(number) \($0) DialogUpdate" } }
    #expect(published.filter { large.contains($0) } == large)
    #expect(
      published.filter { !large.contains($0) } == [
        "1 a DialogUpdate", "4 a DialogUpdate", "5 c UserUpdate",
      ])
    let passed = try #require(published.firstIndex(of: "5 c UserUpdate"))
    #expect(passed <= 20, "once the large one is known for one, each round has others too")
  }

  @Test func `where nobody passes, a large dialog keeps its place among the others`() async throws {
    let members = users(32)
    var limits = smallRounds
    limits.letsOthersPass = false
    let scene = Scene(limits) { state in
      state.join(members, "large")
      state.join(["a"], "small")
    }
    _ = try await scene.handle([
      .dialogUpdate(1, dialog: "small"), .dialogUpdate(2, dialog: "large"), .dialogUpdate(3, dialog: "small"),
    ])
    #expect(
      await scene.published
        == ["1 a DialogUpdate"] + members.map { "2 \($0) DialogUpdate" } + ["3 a DialogUpdate"])
  }

  @Test func `§3 who is added to a large dialog is named once`() async throws {
    let members = users(12)
    let scene = Scene(smallRounds) { $0.join(members, "d") }
    _ = try await scene.handle([.memberAdd(1, user: "u107")])
    let recipients = await scene.published.filter { $0.hasSuffix(" DialogUpdate") }
    #expect(recipients.count == 12)
    #expect(Set(recipients).count == 12)
    #expect(await scene.published.last == "1 u107 UserStatsUpdate")
  }

  @Test func `§6 statistics of a large dialog come after all ordinary updates`() async throws {
    let members = users(12)
    let scene = Scene(smallRounds) { $0.join(members, "d", unreadCount: 1) }
    _ = try await scene.handle([.messageCreate(1, sender: "u103")])
    let readers = members.filter { $0 != "u103" }
    #expect(
      await scene.published == members.map { "1 \($0) MessageUpdate" }
        + readers.map { "1 \($0) UserStatsUpdate" })
  }

  @Test func `§6 statistics of a small dialog come after all ordinary updates of their event`() async throws {
    let scene = Scene { $0.join(["a", "b", "c"], "d", unreadCount: 1) }
    _ = try await scene.handle([.messageCreate(1, sender: "a"), .userUpdate(2, user: "e")])
    #expect(
      await scene.published == [
        "1 a MessageUpdate", "1 b MessageUpdate", "1 c MessageUpdate", "1 b UserStatsUpdate",
        "1 c UserStatsUpdate", "2 e UserUpdate",
      ])
  }

  @Test func `§8 a bad event of a large dialog is buried and makes nothing`() async throws {
    let members = users(12)
    let scene = Scene(smallRounds) { $0.join(members, "d") }
    _ = try await scene.handle([ScriptedEvent(1, "dialog.update", data: #"{"context":{"dialogId":"d"}}"#)])
    #expect(scene.journal.lines == ["bury 1"])
  }

  // MARK: - Again

  @Test func `§4 what a redelivered event left unpublished is published, its recipient a member or not`()
    async throws
  {
    let scene = Scene { $0.join(["a"], "d") }
    let event = try ScriptedEvent.dialogUpdate(1)
    _ = try await scene.store.insert(event.updates(for: ["a", "gone"]))
    _ = try await scene.pipeline.handle([event.delivery(isRedelivered: true)])
    #expect(await scene.publisher.recipients == ["a", "gone"])
  }

  @Test func `§4 an event of which something was stored before counts as redelivered`() async throws {
    let scene = Scene { $0.join(["a"], "d") }
    let event = try ScriptedEvent.dialogUpdate(1)
    _ = try await scene.store.insert(event.updates(for: ["a", "gone"]))
    _ = try await scene.handle([event])
    #expect(await scene.publisher.recipients == ["a", "gone"])
  }

  @Test func `§7.3 a round that failed is played again in its order`() async throws {
    var limits = PipelineLimits()
    limits.updatesPerRound = 1...1
    let scene = Scene(limits) { $0.join(["a", "b", "c"], "d") }
    let fault = ScriptedFault(message: "connection lost")
    scene.publisher.publishing.plan(fault)
    await #expect(throws: fault) { _ = try await scene.handle([.dialogUpdate(1)]) }
    _ = try await scene.handle([.dialogUpdate(1)])
    #expect(await scene.publisher.recipients == ["a", "b", "c"])
  }

  @Test func `§8 nothing is buried when the servers fail`() async throws {
    let scene = Scene()
    scene.store.inserting.plan(ScriptedFault(message: "connection lost"))
    await #expect(throws: ScriptedFault.self) {
      _ = try await scene.handle([.userUpdate(1, user: ""), .userUpdate(2, user: "a")])
    }
    #expect(await scene.deadLetters.letters.isEmpty)
  }

  @Test func `§7.2 a run acknowledges each round when it is handled, then tells its count`() async throws {
    let scene = Scene()
    let rounds = try [[1, 2], [3]].map { numbers in
      try numbers.map { try ScriptedEvent.userUpdate($0, user: "a").delivery() }
    }
    let source = ScriptedSource(rounds)
    let heard = Mutex<[Int]>([])
    try await scene.pipeline.run(source) { tally, _ in
      heard.withLock { $0.append(tally.totalUpdates) }
      #expect(await source.acknowledged.count == scene.store.records.count)
      if scene.store.records.count == 3 { await source.release() }
    }
    #expect(heard.withLock { $0 } == [2, 1])
    #expect(await source.acknowledged == [1, 2, 3])
  }
}
