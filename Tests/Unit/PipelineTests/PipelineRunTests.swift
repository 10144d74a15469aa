import Pipeline
import ScriptedEnds
import Synchronization
import TestTraits
import Testing
import Updates

/// The pipeline as it takes events from a source until its end.
@Suite(.bounded) struct PipelineRunTests {
  @Test func `a run opens what arrives while others are open, as many as may be`() async throws {
    let journal = Journal()
    let store = ScriptedStore(journal: journal)
    var limits = PipelineLimits()
    limits.openEvents = 3
    let pipeline = UpdatePipeline(
      directory: ScriptedDirectory(), store: store, publisher: ScriptedPublisher(journal: journal),
      deadLetters: ScriptedDeadLetters(journal: journal), limits: limits)
    let source = ArrivingSource(
      try (1...9).map { try ScriptedEvent.userUpdate($0, user: "a").delivery() })
    let count = Mutex(0)
    try await pipeline.run(source) { tally, _ in count.withLock { $0 += tally.totalUpdates } }
    #expect(count.withLock { $0 } == 9)
    #expect(store.records.count == 9)
    #expect(await source.mostOpen == 3)
    #expect(await source.open.isEmpty)
    #expect(await source.timesAsked == 2, "at the start and at the end")
  }
}

/// Hands out one event when it is asked for the next ones, and the others, at most two at a time, as they arrive.
private actor ArrivingSource: EventSource {
  private var rest: [Delivery]
  private(set) var open: Set<UInt64> = []
  private(set) var mostOpen = 0
  private(set) var timesAsked = 0

  init(_ deliveries: [Delivery]) { rest = deliveries }

  func next(limit: Int) -> [Delivery] {
    timesAsked += 1
    return take(min(limit, 1))
  }

  func arrived(limit: Int) -> [Delivery] { take(min(limit, 2)) }

  func acknowledge(_ tags: [UInt64]) { open.subtract(tags) }

  private func take(_ count: Int) -> [Delivery] {
    defer { rest = Array(rest.dropFirst(count)) }
    open.formUnion(rest.prefix(count).map(\.tag))
    mostOpen = max(mostOpen, open.count)
    return Array(rest.prefix(count))
  }
}
