import ScriptedEnds
import BSON
import EmbeddedStore
import Foundation
import Pipeline
import Synchronization
import Testing
import Updates

/// The live loop on scripted ends; on real servers it is tested in LiveTests.
@Suite struct LiveWorkerTests {
  /// What an operator would hear.
  private final class Notices: Sendable {
    private let heard = Mutex<[String]>([])

    func add(_ notice: WorkerNotice) {
      switch notice {
      case .waiting(let peer, let reason):
        heard.withLock { $0.append("waiting for \(peer.rawValue): \(reason)") }
      case .recovered: heard.withLock { $0.append("recovered") }
      case .ready: heard.withLock { $0.append("ready") }
      case .unsendable, .round: break
      }
    }

    var all: [String] { heard.withLock { $0 } }
  }

  /// Looks again and again what it may touch.
  private final class Looker: BackgroundTask {
    private let state = Mutex((limit: Double.nan, isStopped: false))

    var limit: Double { state.withLock { $0.limit } }

    func run(upTo limit: @Sendable () async -> Double) async {
      while !state.withLock({ $0.isStopped }) {
        let limit = await limit()
        state.withLock { $0.limit = limit }
        await Task.yield()
      }
    }

    func stop() async { state.withLock { $0.isStopped = true } }
  }

  /// Lets no time pass, and notes how long it was asked to wait.
  private final class NotedPauses: Clock {
    private let noted = Mutex<[Duration]>([])

    var all: [Duration] { noted.withLock { $0 } }
    var now: ContinuousClock.Instant { .now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
      noted.withLock { $0.append(deadline - .now) }
    }
  }

  private final class Scene: Sendable {
    let source: ScriptedSource
    let publisher = ScriptedPublisher()
    let deadLetters = ScriptedDeadLetters()
    let preparing = Outage()
    let store: EmbeddedStore
    let notices = Notices()
    let worker: LiveWorker

    init(
      _ batches: [[Delivery]], waits: Bool = true, pause: Double = 0.001, longest: Double? = nil,
      timer: any Clock<Duration> = ContinuousClock(), background: (any BackgroundTask)? = nil
    ) throws {
      source = ScriptedSource(batches)
      store = try EmbeddedStore.inMemory()
      let pipeline = UpdatePipeline(
        directory: store, store: store, publisher: publisher, deadLetters: deadLetters)
      let (preparing, notices) = (preparing, notices)
      worker = LiveWorker(
        source: source, publisher: publisher, pipeline: pipeline, background: background, openEvents: 10,
        waits: waits,
        pauses: RetryPause(shortest: pause, longest: longest ?? pause), timer: timer, random: { 0 },
        prepareStore: { try preparing.strike() },
        notice: { notices.add($0) })
    }

    /// Runs until everything has been acknowledged.
    func runToTheEnd() async throws {
      async let running: Void = worker.run()
      await source.allDone()
      try await worker.stop()
      try await running
    }

    /// The events of what was published, in order.
    var published: [String] {
      get async { await publisher.messages.map { String($0.eventId.description.suffix(1)) } }
    }
  }

  /// `user.update` number `number` as a delivery.
  private static func delivery(_ number: UInt64, user: String = "u") -> Delivery {
    let id = String(repeating: "0", count: 23) + String(number)
    let text = """
      {"_id": "\(id)", "tenantId": "t", "eventType": "user.update", "data": {"user": {"userId": "\(user)"}}}
      """
    return Delivery(content: .json(Array(text.utf8)), tag: number)
  }

  @Test func `§7.2 events are acknowledged when their updates are stored and published`() async throws {
    let scene = try Scene([[Self.delivery(1), Self.delivery(2)], [Self.delivery(3)]])
    try await scene.runToTheEnd()
    #expect(await scene.published == ["1", "2", "3"])
    #expect(await scene.source.acknowledged == [1, 2, 3])
    #expect(scene.notices.all == ["ready"])
  }

  @Test func `§7.3 servers that are away at start are waited for, one notice per change of state`()
    async throws
  {
    let scene = try Scene([[Self.delivery(1)]])
    let away = ScriptedFault(message: "no MongoDB", isOfStore: true)
    scene.preparing.plan(away, away)
    scene.publisher.connecting.plan(ScriptedFault(message: "no RabbitMQ"))
    try await scene.runToTheEnd()
    #expect(
      scene.notices.all == [
        "waiting for mongodb: no MongoDB", "recovered", "waiting for publish: no RabbitMQ", "recovered",
        "ready",
      ])
    #expect(await scene.published == ["1"])
  }

  @Test func `with no waiting an outage ends the worker with its fault`() async throws {
    let scene = try Scene([[Self.delivery(1)]], waits: false)
    scene.preparing.plan(ScriptedFault(message: "no MongoDB"))
    await #expect(throws: ScriptedFault(message: "no MongoDB")) { try await scene.worker.run() }
  }

  @Test func `a fault that waiting does not mend ends the worker`() async throws {
    let scene = try Scene([[Self.delivery(1)]])
    let fault = ScriptedFault(message: "wrong password", isRetryable: false)
    scene.publisher.connecting.plan(fault)
    await #expect(throws: fault) { try await scene.worker.run() }
    #expect(scene.notices.all == [])
  }

  @Test func `§7.3 a batch is kept through an outage of the publisher, its order too`() async throws {
    let scene = try Scene([[Self.delivery(1), Self.delivery(2)], [Self.delivery(3)]])
    scene.publisher.publishing.plan(
      ScriptedFault(message: "connection lost"), ScriptedFault(message: "connection lost"))
    try await scene.runToTheEnd()
    #expect(await scene.published == ["1", "2", "3"])
    #expect(scene.notices.all == ["ready", "waiting for publish: connection lost", "recovered"])
    #expect(try await scene.store.unpublished(among: scene.publisher.messages.map(\.id)).isEmpty)
  }

  @Test func `§7.3 pauses grow as long as rounds fail, and begin anew with the next outage`()
    async throws
  {
    let pauses = NotedPauses()
    let scene = try Scene([[Self.delivery(1)], [Self.delivery(2)]], pause: 1, longest: 1.5, timer: pauses)
    let lost = ScriptedFault(message: "connection lost")
    scene.publisher.publishing.plan(lost, lost, lost, lost)
    scene.publisher.connecting.plan(lost)
    try await scene.runToTheEnd()
    #expect(await scene.published == ["1", "2"])
    let seconds = pauses.all.map { ($0 / .milliseconds(100)).rounded() / 10 }
    #expect(seconds == [1] + [1, 1.2, 1.4, 1.5], "the start has waited before")
  }

  @Test func `§7.2 what could not be acknowledged comes again and is not published again`() async throws {
    let scene = try Scene([[Self.delivery(1)], [Self.delivery(2)]])
    scene.source.acknowledging.plan(ScriptedFault(message: "connection lost"))
    try await scene.runToTheEnd()
    #expect(await scene.published == ["1", "2"])
    #expect(await scene.source.acknowledged == [1, 2])
    #expect(await scene.source.connections == 2)
    #expect(scene.notices.all == ["ready", "waiting for consume: connection lost", "recovered"])
  }

  @Test func `an outage that takes both connections is told once`() async throws {
    let scene = try Scene([[Self.delivery(1)], [Self.delivery(2)]])
    scene.publisher.publishing.plan(ScriptedFault(message: "connection lost"))
    scene.source.acknowledging.plan(ScriptedFault(message: "connection lost"))
    try await scene.runToTheEnd()
    #expect(await scene.published == ["1", "2"])
    #expect(scene.notices.all == ["ready", "waiting for publish: connection lost", "recovered"])
  }

  @Test func `§8 a bad event is buried and acknowledged, the batch goes on`() async throws {
    let scene = try Scene([[Self.delivery(1), Self.delivery(2, user: ""), Self.delivery(3)]])
    try await scene.runToTheEnd()
    #expect(await scene.published == ["1", "3"])
    #expect(await scene.deadLetters.letters.map(\.tag) == [2])
    #expect(await scene.source.acknowledged == [1, 2, 3])
  }

  @Test func `§7.4 a stop in the middle of an outage does not wait for its end`() async throws {
    let scene = try Scene([[Self.delivery(1)]], pause: 3600)
    scene.publisher.publishing.plan(ScriptedFault(message: "connection lost"))
    async let running: Void = scene.worker.run()
    while !scene.notices.all.contains("waiting for publish: connection lost") { await Task.yield() }
    try await scene.worker.stop()
    try await running
    #expect(await scene.source.acknowledged == [], "what is in hand goes back")
  }

  @Test func `§7.5 what sweeps beside the worker is given nothing while another one consumes the queue`()
    async throws
  {
    let looker = Looker()
    let scene = try Scene([[Self.delivery(1)]], pause: 3600, background: looker)
    await scene.source.standBy(true)
    scene.publisher.publishing.plan(ScriptedFault(message: "connection lost"))
    async let running: Void = scene.worker.run()
    while looker.limit != -.infinity { await Task.yield() }
    await scene.source.standBy(false)
    // The event that cannot be published is in hand.
    let now = Date().timeIntervalSince1970 * 1000
    while !(now - 60_000...now + 60_000 ~= looker.limit) { await Task.yield() }
    try await scene.worker.stop()
    try await running
  }

  @Test func `§7.5 what sweeps beside an idle worker may touch everything`() async throws {
    let looker = Looker()
    let scene = try Scene([], background: looker)
    async let running: Void = scene.worker.run()
    while looker.limit != .infinity { await Task.yield() }
    try await scene.worker.stop()
    try await running
  }
}
