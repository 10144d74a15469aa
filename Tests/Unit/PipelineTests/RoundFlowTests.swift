import BSON
import Pipeline
import ScriptedEnds
import TestTraits
import Testing
import Updates

/// How rounds follow each other, and what becomes of them when something fails.
@Suite(.bounded) struct RoundFlowTests {
  private final class Scene: Sendable {
    let journal = Journal()
    let store: ScriptedStore
    let publisher: ScriptedPublisher
    let deadLetters: ScriptedDeadLetters
    private let pipeline: UpdatePipeline

    init(
      updatesPerRound most: Int, bytes: Int = 1 << 20, publisher other: (any UpdatePublisher)? = nil,
      hold: @escaping @Sendable (_ lookUp: String) async -> Void = { _ in },
      _ build: (inout ScriptedDirectory.State) -> Void
    ) {
      store = ScriptedStore(journal: journal)
      publisher = ScriptedPublisher(journal: journal)
      deadLetters = ScriptedDeadLetters(journal: journal)
      var limits = PipelineLimits()
      limits.updatesPerRound = most...most
      limits.bytesPerRound = bytes
      pipeline = UpdatePipeline(
        directory: ScriptedDirectory(build, hold: hold), store: store, publisher: other ?? publisher,
        deadLetters: deadLetters, limits: limits)
    }

    /// A flow with these events open.
    func flow(_ events: [ScriptedEvent]) -> RoundFlow {
      var flow = pipeline.flow()
      flow.open(events.map { $0.delivery() })
      return flow
    }

    /// The steps of storing and publishing, without the recipients.
    var steps: [String] { journal.lines.compactMap { $0.split(separator: " ").first.map(String.init) } }
  }

  /// Confirms nothing until it is opened.
  private actor Gate: UpdatePublisher {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var reached: [CheckedContinuation<Void, Never>] = []
    private var isReached = false

    func open() {
      isOpen = true
      for continuation in waiting { continuation.resume() }
      waiting = []
    }

    /// Returns when somebody waits for the gate to open.
    func wait() async {
      if !isReached { await withCheckedContinuation { reached.append($0) } }
    }

    func publish(_ messages: [UpdateMessage]) async throws -> [Int: String] {
      isReached = true
      for continuation in reached { continuation.resume() }
      reached = []
      if !isOpen { await withCheckedContinuation { waiting.append($0) } }
      return [:]
    }
  }

  private func dialogs(_ count: Int) -> (inout ScriptedDirectory.State) -> Void {
    { state in for number in 1...count { state.join(["a", "b"], "d\(number)") } }
  }

  private func events(_ count: Int) throws -> [ScriptedEvent] {
    try (1...count).map { try .dialogUpdate($0, dialog: "d\($0)") }
  }

  @Test func `§5 a round is published only when the one before it is marked`() async throws {
    let scene = Scene(updatesPerRound: 2, dialogs(6))
    var flow = scene.flow(try events(6))
    while !flow.isEmpty { try await flow.advance() }
    #expect(flow.takeSettled().tags == [1, 2, 3, 4, 5, 6])
    let marks = scene.steps.enumerated().filter { $0.element == "mark" }.map(\.offset)
    let publications = scene.steps.enumerated().filter { $0.element == "publish" }.map(\.offset)
    #expect(marks.count >= 6 && marks.count == publications.count)
    #expect(zip(publications.dropFirst(), marks).allSatisfy { $0 > $1 })
  }

  @Test func `while a round is published the next is looked up and planned`() async throws {
    let gate = Gate()
    let looked = Journal()
    let scene = Scene(
      updatesPerRound: 2, publisher: gate, hold: { if $0 == "users" { looked.note($0) } }, dialogs(2))
    let started = scene.flow(try events(2))
    let flowing = Task {
      var flow = started
      while !flow.isEmpty { try await flow.advance() }
      return flow.takeSettled().tags
    }
    await gate.wait()
    while looked.lines.count < 2 { await Task.yield() }
    #expect(scene.steps == ["insert"], "the second round waits for the first")
    await gate.open()
    #expect(try await flowing.value == [1, 2])
  }

  @Test func `what fails is open again, in its order, and what is done is not done again`() async throws {
    for station in 0..<3 {
      let scene = Scene(updatesPerRound: 2, dialogs(4))
      let outage = [scene.store.inserting, scene.publisher.publishing, scene.store.marking][station]
      var flow = scene.flow(try events(4))
      try await flow.advance()
      try await flow.advance()
      outage.plan(ScriptedFault(message: "connection lost"))
      await #expect(throws: ScriptedFault.self) { while !flow.isEmpty { try await flow.advance() } }
      #expect(!flow.isUnderWay)
      var tags = flow.takeSettled().tags
      #expect(tags.count < 4)
      while !flow.isEmpty { try await flow.advance() }
      tags += flow.takeSettled().tags
      #expect(tags == [1, 2, 3, 4])
      // Only what could not be marked is published twice.
      let recipients = await scene.publisher.recipients
      #expect(recipients.count == (station == 2 ? 10 : 8))
      #expect(scene.store.updates.allSatisfy { $0.isPublished })
    }
  }

  @Test func `a large event that has begun goes on where it failed, from its roster's place`() async throws {
    let members = (1...30).map { "u\($0 + 100)" }
    let scene = Scene(updatesPerRound: 10) { $0.join(members, "d") }
    var flow = scene.flow([try .dialogUpdate(1)])
    try await flow.advance()
    try await flow.advance()
    scene.store.marking.plan(ScriptedFault(message: "connection lost"))
    await #expect(throws: ScriptedFault.self) { while !flow.isEmpty { try await flow.advance() } }
    while !flow.isEmpty { try await flow.advance() }
    #expect(scene.store.updates.map(\.userId.string) == members)
    #expect(flow.takeSettled().tags == [1])
    #expect(scene.journal.lines.count { $0.hasPrefix("insert") && $0.contains("u101") } <= 2)
  }

  @Test func `a large event that fails before it has begun is looked up anew, beside others`() async throws {
    let members = (1...45).map { "u\($0 + 100)" }
    let scene = Scene(updatesPerRound: 10) { state in
      state.join(members, "large")
      state.join(["a", "b"], "d1")
      state.join(["a", "b"], "d2")
    }
    scene.store.inserting.plan(ScriptedFault(message: "connection lost"))
    var flow = scene.flow([
      try .dialogUpdate(1, dialog: "large"), try .dialogUpdate(2, dialog: "d1"),
      try .dialogUpdate(3, dialog: "d2"),
    ])
    await #expect(throws: ScriptedFault.self) { while !flow.isEmpty { try await flow.advance() } }
    while !flow.isEmpty { try await flow.advance() }
    #expect(Set(flow.takeSettled().tags) == [1, 2, 3])
    #expect(scene.store.updates.count == 49)
  }

  @Test func `a round ends with the update that fills its bytes, and a larger one goes by itself`()
    async throws
  {
    let everybody = ["a", "b", "c", "d", "e"]
    let whole = Scene(updatesPerRound: 100) { $0.join(everybody, "d") }
    var once = whole.flow([try .dialogUpdate(1)])
    while !once.isEmpty { try await once.advance() }
    let size = try #require(whole.store.records.first).bytes.count
    for (bytes, expected) in [
      (size * 5 / 2, ["insert a b", "insert c d", "insert e"]), (1, everybody.map { "insert \($0)" }),
    ] {
      let scene = Scene(updatesPerRound: 100, bytes: bytes) { $0.join(everybody, "d") }
      var flow = scene.flow([try .dialogUpdate(1)])
      while !flow.isEmpty { try await flow.advance() }
      #expect(scene.journal.lines.filter { $0.hasPrefix("insert") } == expected)
      #expect(flow.takeSettled().tally.totalUpdates == 5)
    }
  }

  @Test func `§8 of several refusals of one event the first is told, though they are in several rounds`()
    async throws
  {
    let scene = Scene(updatesPerRound: 1) { $0.join(["a", "b", "c"], "d") }
    scene.store.answer(.refused("too large"), for: "a")
    scene.store.answer(.refused("too deep"), for: "b")
    var flow = scene.flow([try .dialogUpdate(1)])
    while !flow.isEmpty { try await flow.advance() }
    #expect(await scene.publisher.recipients == ["c"])
    #expect(await scene.deadLetters.letters.count == 1)
    #expect(
      await scene.deadLetters.letters.first?.reason.description.contains(
        "an update for a cannot be stored: too large") == true)
    #expect(flow.takeSettled().tally.bad == 1)
  }

  @Test func `what is abandoned is forgotten once nothing is under way`() async throws {
    let scene = Scene(updatesPerRound: 2, dialogs(4))
    var flow = scene.flow(try events(4))
    try await flow.advance()
    await flow.abandon()
    #expect(flow.isEmpty && !flow.isUnderWay)
    #expect(flow.openSince == nil)
    #expect(flow.takeSettled().tags == [1], "the round under way was finished")
    flow.open(try events(4).map { $0.delivery(isRedelivered: true) })
    while !flow.isEmpty { try await flow.advance() }
    #expect(await scene.publisher.recipients.count == 8)
  }

  @Test func `§5 an update of a redelivered event that cannot be published is counted once`() async throws {
    let publisher = ScriptedPublisher(objections: ["a": "too long"])
    let scene = Scene(updatesPerRound: 10, publisher: publisher, dialogs(1))
    for _ in 1...2 {
      var flow = scene.flow([])
      flow.open([try ScriptedEvent.dialogUpdate(1, dialog: "d1").delivery(isRedelivered: true)])
      while !flow.isEmpty { try await flow.advance() }
      let settled = flow.takeSettled()
      #expect(settled.tally.unsendable == 1 && settled.unsendable.count == 1)
    }
    #expect(await publisher.recipients == ["b"])
  }
}
