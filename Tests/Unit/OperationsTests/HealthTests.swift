import Pipeline
import Testing

@testable import Operations

/// What health is decided from the facts.
@Suite struct HealthTests {
  /// A worker that consumes, ten minutes after its start.
  private static let working: HealthFacts = {
    var facts = HealthFacts()
    facts.isStarted = true
    facts.role = .active
    facts.consume.isConnected = true
    facts.publish.isConnected = true
    facts.store.answered = 599.9
    facts.passed = 599.9
    return facts
  }()

  private func health(at now: Double = 600, _ change: (inout HealthFacts) -> Void) -> Health {
    var facts = Self.working
    change(&facts)
    return Health(facts, at: now)
  }

  @Test func `a worker that consumes and whose servers answer is ready`() {
    let health = health { _ in }
    #expect(health.isReady && health.isLive && health.isStarted)
    #expect(health.role == .active)
  }

  @Test func `a worker that stands by is ready`() {
    let health = health { $0.role = .standby }
    #expect(health.isReady)
    #expect(health.role == .standby)
  }

  /// A change for the worse, and the reason that is due for it.
  private struct Fault: Sendable {
    let reason: String
    let change: @Sendable (inout HealthFacts) -> Void

    init(_ reason: String, _ change: @escaping @Sendable (inout HealthFacts) -> Void) {
      self.reason = reason
      self.change = change
    }
  }

  private static let faults = [
    Fault("mongodb: gone") { $0.store.fault = "gone" },
    Fault("mongodb: MongoDB has not answered yet") { $0.store.answered = nil },
    Fault("mongodb: MongoDB does not answer") { facts in
      (facts.store.asked, facts.store.answered) = (599.4, 590)
    },
    Fault("consume: lost") { facts in
      facts.consume = HealthFacts.Link()
      facts.consume.fault = "lost"
      facts.role = nil
    },
    Fault("consume: the queue is not consumed yet") { $0.role = nil },
    Fault("publish: RabbitMQ is not connected yet") { $0.publish = HealthFacts.Link() },
    Fault("publish: RabbitMQ takes no messages: low on memory") { $0.publish.blocked = "low on memory" },
    Fault("mongodb: the worker waits before it tries again what has failed") {
      $0.waitsFor = .mongodb
    },
    Fault("publish: the worker waits before it tries again what has failed") { $0.waitsFor = .publish },
    Fault("the worker is starting") { $0.isStarted = false },
    Fault("the worker is stopping") { $0.isStopping = true },
  ]

  @Test(arguments: faults)
  private func `each thing that is missing makes it unready and is named`(fault: Fault) {
    #expect(health(fault.change).reasons == [fault.reason])
  }

  @Test func `all peers that are gone are named, but a worker that stops says only that`() {
    let all: (inout HealthFacts) -> Void = { facts in
      facts.store.fault = "a"
      facts.consume = HealthFacts.Link()
      facts.publish = HealthFacts.Link()
    }
    #expect(health(all).reasons.map { $0.prefix { $0 != ":" } } == ["mongodb", "consume", "publish"])
    let stopping = health { facts in
      all(&facts)
      facts.isStopping = true
    }
    #expect(stopping.reasons == ["the worker is stopping"])
    #expect(stopping.isLive)
  }

  @Test func `an answer that is due for less than half a second is waited for`() {
    #expect(health { facts in (facts.store.asked, facts.store.answered) = (599.6, 590) }.isReady)
    // The rounds have shown meanwhile that the database answers.
    #expect(health { facts in (facts.store.asked, facts.store.answered) = (590, 599.6) }.isReady)
  }

  @Test func `a database that is slow, but there, does not come and go with every answer`() {
    var store = HealthFacts.Store()
    var now = 0.0
    /// Asks a database that takes so many seconds; how often it counted as gone, looked at a hundred times.
    func ask(_ seconds: Double) -> Int {
      store.asked = now
      let gone = (0..<100).count { store.reason(at: now + seconds * Double($0) / 100) != nil }
      now += seconds
      store.answer(at: now)
      now += 0.2
      return gone
    }
    _ = ask(0.01)
    #expect(ask(0.7) > 0, "that was not to be known")
    #expect((0..<50).map { _ in ask(0.7) }.allSatisfy { $0 == 0 })
    // Fast again, it is soon expected to be so.
    for _ in 0..<20 { _ = ask(0.01) }
    #expect(ask(0.7) > 0)
    // However slow it was, three seconds are too long.
    _ = ask(10)
    #expect(ask(3.5) > 0)
  }

  @Test func `a loop that does not go on for a minute is stuck, unless it is in a known pause`() {
    #expect(health(at: 659) { _ in }.isLive)
    #expect(!health(at: 661) { _ in }.isLive)
    #expect(health(at: 9999) { $0.isPaused = true }.isLive)
    #expect(health(at: 9999) { $0.publish.blocked = "low on memory" }.isLive)
    // It does not depend on servers.
    let alone = health { facts in
      facts.store.fault = "gone"
      facts.consume = HealthFacts.Link()
      facts.publish = HealthFacts.Link()
    }
    #expect(alone.isLive && !alone.isReady)
  }
}
