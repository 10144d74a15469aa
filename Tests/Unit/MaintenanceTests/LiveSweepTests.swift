import ScriptedEnds
import TestTraits
import Maintenance
import EmbeddedStore
import Pipeline
import ReplayHarness
import Synchronization
import Testing
import Updates

/// The sweeps of a live worker on scripted ends; on real servers they are tested in LiveTests.
@Suite(.bounded) struct LiveSweepTests {
  /// Takes messages while it has the claim, and cannot send those to one user.
  private actor Publisher: ExclusivePublisher {
    let publishing = Outage()
    /// How often the claim is refused before it is granted.
    var refusals = 0
    private(set) var claims = 0
    private(set) var users: [String] = []
    private(set) var attempts: [String] = []
    private var isClaimed = false

    init(refusals: Int = 0) { self.refusals = refusals }

    func claim() async throws -> Bool {
      claims += 1
      isClaimed = claims > refusals
      return isClaimed
    }

    func publish(_ messages: [UpdateMessage]) async throws -> [Int: String] {
      #expect(isClaimed)
      attempts += messages.map(\.userId.string)
      try publishing.strike()
      var refused: [Int: String] = [:]
      for (index, message) in messages.enumerated() {
        if message.userId.string == "endless" {
          refused[index] = "too long"
        } else {
          users.append(message.userId.string)
        }
      }
      return refused
    }

    func close() async { isClaimed = false }
  }

  private final class Scene: Sendable {
    let store: EmbeddedStore
    let publisher: Publisher
    private let heard = Mutex<[String]>([])
    /// How many sweeps have ended well.
    let done = Mutex(0)

    init(users: [String], refusals: Int = 0) async throws {
      store = try EmbeddedStore.inMemory()
      publisher = Publisher(refusals: refusals)
      // Without a publisher everything stays unpublished.
      let pipeline = UpdatePipeline(
        directory: store, store: store, publisher: nil, deadLetters: ScriptedDeadLetters())
      _ = try await pipeline.handle(
        users.enumerated().map { number, user in
          let id = String(repeating: "0", count: 20) + String(1000 + number)
          let text = """
            {"_id": "\(id)", "tenantId": "t", "eventType": "user.update", "data": {"user": {"userId": "\(user)"}}}
            """
          return Delivery(content: .json(Array(text.utf8)), tag: UInt64(number))
        })
    }

    var notices: [String] { heard.withLock { $0 } }

    /// Sweeps until the condition holds.
    func sweep(
      atMost count: Int = 100, upTo limit: Double = .infinity, until condition: () async throws -> Bool
    )
      async throws
    {
      var schedule = LiveSweep.Schedule()
      schedule.interval = .milliseconds(1)
      schedule.leastAge = 0
      schedule.limit = count
      let sweep = LiveSweep(store: store, publisher: publisher, schedule: schedule) { notice in
        let words =
          switch notice {
          case .published(let count): "published \(count)"
          case .unsendable(let update): "unsendable: \(update.reason)"
          case .failing(let reason): "failing: \(reason)"
          case .working: "working"
          case .done: "done"
          }
        if words == "done" {
          self.done.withLock { $0 += 1 }
        } else {
          self.heard.withLock { $0.append(words) }
        }
      }
      let running = Task { await sweep.run { limit } }
      while try await !condition() { await Task.yield() }
      await sweep.stop()
      await running.value
    }
  }

  @Test
  func
    `a sweep is bounded, the next one goes on, and an update that cannot be sent is tried and reported once`()
    async throws
  {
    let scene = try await Scene(users: ["endless", "a", "b", "c", "d"])
    try await scene.sweep(atMost: 1) { await scene.publisher.users.count == 4 }
    #expect(await scene.publisher.users == ["a", "b", "c", "d"])
    #expect(await scene.publisher.attempts == ["endless", "a", "b", "c", "d"])
    #expect(scene.notices.filter { $0.hasPrefix("unsendable") } == ["unsendable: too long"])
  }

  @Test func `nothing is published while another worker sweeps`() async throws {
    let scene = try await Scene(users: ["a"], refusals: 3)
    try await scene.sweep { await scene.publisher.users.count == 1 }
    #expect(await scene.publisher.claims >= 4)
    #expect(await scene.publisher.attempts == ["a"])
    #expect(scene.notices == ["published 1"])
  }

  @Test func `with nothing to publish no claim is made`() async throws {
    let scene = try await Scene(users: [])
    let rounds = Mutex(0)
    try await scene.sweep {
      rounds.withLock {
        $0 += 1; return $0 > 100
      }
    }
    #expect(await scene.publisher.claims == 0)
    #expect(scene.notices == [])
  }

  @Test func `a server that is down is reported once, and sweeps go on when it is back`() async throws {
    let scene = try await Scene(users: ["a", "b"])
    let fault = ScriptedFault(message: "connection lost")
    scene.publisher.publishing.plan(fault, fault, fault)
    try await scene.sweep { await scene.publisher.users.count == 2 && scene.notices.contains("working") }
    #expect(scene.notices == ["failing: connection lost", "published 2", "working"])
  }

  @Test(arguments: [1, -Double.infinity])
  func `a sweep leaves alone the updates that the worker, or the one that consumes instead, is publishing`(
    limit: Double
  ) async throws {
    let scene = try await Scene(users: ["a"])
    let rounds = Mutex(0)
    try await scene.sweep(upTo: limit) {
      rounds.withLock {
        $0 += 1; return $0 > 100
      }
    }
    #expect(await scene.publisher.attempts == [])
    // What is left to another worker is no sweep of this one.
    #expect(limit > 0 || scene.done.withLock { $0 } == 0)
  }
}
