import ScriptedEnds
import Synchronization
import TestTraits
import Testing
import Updates

@testable import Pipeline

/// How updates are collected into slices, and how these follow each other.
@Suite(.bounded) struct UpdateOutletTests {
  /// Confirms nothing until it is opened.
  private actor Gate: UpdatePublisher {
    private let journal: Journal
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private(set) var inside = 0
    private(set) var mostInside = 0

    init(_ journal: Journal) { self.journal = journal }

    func open() {
      isOpen = true
      for continuation in waiting { continuation.resume() }
      waiting = []
    }

    /// Returns when somebody waits for the gate to open.
    func isReached() async {
      while inside == 0 { await Task.yield() }
    }

    func publish(_ messages: [UpdateMessage]) async throws -> [Int: String] {
      inside += 1
      mostInside = max(mostInside, inside)
      if !isOpen { await withCheckedContinuation { waiting.append($0) } }
      // Others get their chance to come in.
      for _ in 0..<10 { await Task.yield() }
      inside -= 1
      journal.note(["publish"] + messages.map(\.userId.string))
      return [:]
    }
  }

  private let store = ScriptedStore()

  private var journal: [String] { store.journal.lines }

  private func limits(_ updates: Int, bytes: Int = 1 << 20) -> PipelineLimits {
    var limits = PipelineLimits()
    limits.updatesPerSlice = updates
    limits.bytesPerSlice = bytes
    return limits
  }

  private func outlet(_ limits: PipelineLimits, publisher: (any UpdatePublisher)? = nil) -> UpdateOutlet {
    UpdateOutlet(
      ends: UpdateShipping(store: store, publisher: publisher, clock: UpdateClock()), limits: limits)
  }

  private func take(
    _ users: [String], of number: Int = 1, into outlet: inout UpdateOutlet
  ) async throws {
    let event = try ScriptedEvent.dialogUpdate(number)
    try await outlet.take(event.updates(for: users), of: event.key, trace: TraceContext())
  }

  @Test func `updates wait until there are enough for a slice`() async throws {
    var outlet = outlet(limits(3))
    try await take(["a", "b"], into: &outlet)
    #expect(journal == [])
    try await outlet.finish()
    #expect(journal == ["insert a b"])
  }

  @Test func `a slice has so many updates at most`() async throws {
    var outlet = outlet(limits(2))
    try await take(["a", "b", "c", "d", "e"], into: &outlet)
    try await outlet.finish()
    #expect(journal == ["insert a b", "insert c d", "insert e"])
  }

  @Test func `a slice ends with the update that fills its bytes`() async throws {
    let size = try #require(try ScriptedEvent.dialogUpdate(1).updates(for: ["a"]).first).byteCount
    var outlet = outlet(limits(100, bytes: 2 * size))
    try await take(["a", "b", "c", "d", "e"], into: &outlet)
    try await outlet.finish()
    #expect(journal == ["insert a b", "insert c d", "insert e"])
  }

  @Test func `an update that is larger than a slice goes by itself`() async throws {
    var outlet = outlet(limits(100, bytes: 1))
    try await take(["a", "b"], into: &outlet)
    try await outlet.finish()
    #expect(journal == ["insert a", "insert b"])
  }

  @Test func `updates of several events share a slice, in their order`() async throws {
    var outlet = outlet(limits(3))
    try await take(["a", "b"], of: 1, into: &outlet)
    try await take(["a"], of: 2, into: &outlet)
    try await take(["c"], of: 3, into: &outlet)
    try await outlet.finish()
    #expect(journal == ["insert a b a", "insert c"])
  }

  @Test func `no updates are no slice`() async throws {
    var outlet = outlet(limits(1))
    try await take([], into: &outlet)
    try await outlet.finish()
    #expect(journal == [])
  }

  @Test func `§5 a slice is stored only when the one before it is marked`() async throws {
    let gate = Gate(store.journal)
    await gate.open()
    var outlet = outlet(limits(1), publisher: gate)
    try await take(["a", "b", "c"], into: &outlet)
    try await outlet.finish()
    #expect(
      journal == ["a", "b", "c"].flatMap { ["insert \($0)", "publish \($0)", "mark \($0)"] })
    #expect(await gate.mostInside == 1)
  }

  @Test func `while a slice is under way the next is being made`() async throws {
    let gate = Gate(store.journal)
    var outlet = outlet(limits(2), publisher: gate)
    try await take(["a", "b"], into: &outlet)
    await gate.isReached()
    try await take(["c"], into: &outlet)
    #expect(journal == ["insert a b"])
    #expect(outlet.outcome.tally == Tally(), "the slice under way does not count yet")
    await gate.open()
    try await outlet.finish()
    #expect(outlet.outcome.tally.published == 3)
  }

  @Test func `finish returns when everything is marked`() async throws {
    let gate = Gate(store.journal)
    var outlet = outlet(limits(2), publisher: gate)
    try await take(["a", "b", "c"], into: &outlet)
    let (started, journal) = (outlet, store.journal)
    let finishing = Task {
      var outlet = started
      try await outlet.finish()
      journal.note("finished")
    }
    await gate.isReached()
    for _ in 0..<100 { await Task.yield() }
    await gate.open()
    try await finishing.value
    #expect(
      journal.lines == [
        "insert a b", "publish a b", "mark a b", "insert c", "publish c", "mark c", "finished",
      ])
  }

  @Test func `outcomes of all slices add up`() async throws {
    store.answer(.refused("too large"), for: "b")
    store.answer(.notDue, for: "c")
    let publisher = ScriptedPublisher(objections: ["d": "too long"])
    var outlet = outlet(limits(2), publisher: publisher)
    try await take(["a", "b", "c", "d"], of: 1, into: &outlet)
    try await take(["e"], of: 2, into: &outlet)
    try await outlet.finish()
    #expect(outlet.outcome.tally.updates == [.dialog: 3])
    #expect(outlet.outcome.tally.published == 2)
    #expect(outlet.outcome.tally.unsendable == 1)
    #expect(outlet.outcome.refused.count == 1)
    #expect(outlet.outcome.unsendable.map(\.reason) == ["too long"])
  }

  @Test func `§8 of several refusals of one event the first is told`() async throws {
    store.answer(.refused("too large"), for: "a")
    store.answer(.refused("too deep"), for: "b")
    var outlet = outlet(limits(1))
    try await take(["a", "b"], into: &outlet)
    try await outlet.finish()
    #expect(Array(outlet.outcome.refused.values) == ["an update for a cannot be stored: too large"])
  }

  @Test func `a slice that fails is told by the next that is sent, which is not stored`() async throws {
    let publisher = ScriptedPublisher(journal: store.journal)
    let fault = ScriptedFault(message: "connection lost")
    publisher.publishing.plan(fault)
    var outlet = outlet(limits(1), publisher: publisher)
    try await take(["a"], into: &outlet)
    do {
      try await take(["b"], into: &outlet)
      Issue.record("no failure")
    } catch {
      #expect(error as? ScriptedFault == fault)
    }
    #expect(journal == ["insert a", "publish a"])
  }

  @Test func `abandon waits for the slice under way, and sends nothing more`() async throws {
    let gate = Gate(store.journal)
    var outlet = outlet(limits(2), publisher: gate)
    try await take(["a", "b", "c"], into: &outlet)
    let (started, journal) = (outlet, store.journal)
    let abandoning = Task {
      var outlet = started
      await outlet.abandon()
      journal.note("abandoned")
    }
    await gate.isReached()
    for _ in 0..<100 { await Task.yield() }
    await gate.open()
    await abandoning.value
    #expect(journal.lines == ["insert a b", "publish a b", "mark a b", "abandoned"])
  }

  @Test func `abandon keeps the failure of the slice under way to itself`() async throws {
    let publisher = ScriptedPublisher(journal: store.journal)
    publisher.publishing.plan(ScriptedFault(message: "connection lost"))
    var outlet = outlet(limits(1), publisher: publisher)
    try await take(["a"], into: &outlet)
    await outlet.abandon()
    try await outlet.finish()
    #expect(journal == ["insert a", "publish a"])
    #expect(outlet.outcome.tally == Tally())
  }
}
