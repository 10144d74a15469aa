import Foundation
import Maintenance
import Testing

/// What is said of a broker, from facts alone.
@Suite struct BrokerCheckTests {
  private static let now = Date(timeIntervalSince1970: 1_790_000_000)

  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let check: String
    let severity: Finding.Severity
    let words: [String]
    let harm: @Sendable (inout BrokerFacts) -> Void

    init(
      _ name: String, _ check: String, _ severity: Finding.Severity, _ words: [String],
      _ harm: @escaping @Sendable (inout BrokerFacts) -> Void
    ) {
      testDescription = name
      self.check = check
      self.severity = severity
      self.words = words
      self.harm = harm
    }
  }

  private static func sound() -> BrokerFacts {
    var facts = BrokerFacts(
      location: "mq:5671", isLocal: false,
      transport: TransportFacts(
        isEncrypted: true,
        certificates: [.init(server: "mq:5671", end: .known(now.addingTimeInterval(90 * 86_400)))]))
    facts.version = .known("3.10.8")
    facts.alarm = .known(nil)
    facts.rights = [.init(.configure, "q"): .known(true), .init(.write, "amq.default"): .known(true)]
    facts.events = .init(name: "events", declaration: .equal)
    facts.updates = .init(name: "updates", declaration: .equal)
    facts.queue = .init(name: "q", declaration: .equal, messages: 3, consumers: 1)
    facts.deadLetters = .init(name: "q.dead", declaration: .equal)
    facts.expectedType = "quorum"
    facts.management = .known(quorum(limit: nil))
    return facts
  }

  /// What the management plugin says of quorum queues.
  private static func quorum(limit: Int?, letters: Int? = nil, byPolicy: Bool = true)
    -> BrokerFacts.Management
  {
    .init(
      bindings: ["#"], queue: .init(type: "quorum", deliveryLimit: limit, isLimitedByPolicy: byPolicy),
      deadLetters: .init(type: "quorum", deliveryLimit: letters ?? limit))
  }

  static let cases: [Case] = [
    Case("old version", "version", .failure, ["3.7.28", "too old", "3.8 or later"]) {
      $0.version = .known("3.7.28")
    },
    Case("one host down", "reachable", .warning, ["b:5671 is down", "RABBITMQ_URL"]) {
      $0.unreachableHosts = ["RabbitMQ at b:5671 is down."]
    },
    Case("alarm", "alarms", .failure, ["takes no messages: low on memory"]) {
      $0.alarm = .known("low on memory")
    },
    Case("alarm unknown", "alarms", .warning, ["not known"]) { $0.alarm = .failed("silence") },
    Case("no right", "rights", .failure, ["write to amq.default", "set_permissions"]) {
      $0.rights[.init(.write, "amq.default")] = .refused("access refused")
    },
    Case("no exchange", "exchanges", .warning, ["events does not exist", "lost"]) {
      $0.events = .init(name: "events", declaration: .missing)
    },
    Case("another exchange", "exchanges", .failure, ["updates is no durable topic exchange: its type"]) {
      $0.updates = .init(name: "updates", declaration: .different("its type"))
    },
    Case("no queue", "queue", .warning, ["The queue q does not exist", "lost"]) {
      $0.queue = .init(name: "q", declaration: .missing)
    },
    Case("another queue", "queue", .failure, ["other properties: its ttl", "delete it"]) {
      $0.queue?.declaration = .different("its ttl")
    },
    Case("no consumer", "consumers", .warning, ["Nobody consumes q; 3 events wait"]) {
      $0.queue?.consumers = 0
    },
    Case("dead letters", "dead letters", .warning, ["1 bad event in q.dead", "dead-letters list"]) {
      $0.deadLetters?.messages = 1
    },
    Case("not bound", "binding", .failure, ["not bound to the events exchange"]) {
      $0.management = .known(.init(bindings: [], queue: .init(type: "quorum")))
    },
    Case("bound to some", "binding", .failure, ["\"dialog.#\""]) {
      $0.management = .known(.init(bindings: ["dialog.#"], queue: .init(type: "quorum")))
    },
    Case(
      "delivery limit", "delivery limit", .warning, ["an event after it has come back 5 times", "1000000"]
    ) {
      $0.management = .known(quorum(limit: 5, letters: 1000))
    },
    Case(
      "the delivery limit of RabbitMQ 4", "delivery limit", .warning,
      ["an event after it has come back 20 times", "1000000"]
    ) {
      $0.version = .known("4.0.2")
      $0.management = .known(.init(bindings: ["#"], queue: .init(type: "quorum")))
    },
    Case(
      "the delivery limit of the dead letters", "delivery limit", .warning,
      ["a dead letter after it has come back 20 times"]
    ) {
      $0.version = .known("4.2.0")
      $0.management = .known(
        .init(
          bindings: ["#"], queue: .init(type: "quorum", deliveryLimit: 1_000_000),
          deadLetters: .init(type: "quorum")))
    },
    Case("a negative limit of RabbitMQ 3", "delivery limit", .failure, ["as soon as it comes back"]) {
      $0.management = .known(
        .init(
          bindings: ["#"], queue: .init(type: "quorum", deliveryLimit: -1, isLimitedByPolicy: false)))
    },
    Case("a negative limit by a policy", "delivery limit", .warning, ["not every version", "1000000"]) {
      $0.version = .known("4.1.0")
      $0.management = .known(
        .init(bindings: ["#"], queue: .init(type: "quorum", deliveryLimit: -1)))
    },
    Case("a queue of another type", "queue", .failure, ["q is a classic queue", "quorum-queues.md"]) {
      $0.queue?.declaration = .otherType("classic")
      $0.management = .known(.init(bindings: ["#"], queue: .init(type: "classic")))
    },
    Case("a quorum queue instead of a classic one", "queue", .failure, ["UPDATE_WORKER_QUEUE_TYPE=quorum"]) {
      $0.expectedType = "classic"
      $0.queue?.declaration = .otherType("quorum")
    },
    Case(
      "dead letters of another type", "dead letters", .failure, ["q.dead is a classic queue", "delete it"]
    ) {
      $0.deadLetters?.declaration = .otherType("classic")
    },
    Case("passive, no exchange", "exchanges", .failure, ["events does not exist", "passive", "Declare it"]) {
      $0.isPassive = true
      $0.events = .init(name: "events", declaration: .missing)
    },
    Case("passive, no queue", "queue", .failure, ["q does not exist", "passive", "operating.md"]) {
      $0.isPassive = true
      $0.queue?.declaration = .missing
    },
    Case("passive, not bound", "binding", .failure, ["not bound", "Bind it with #"]) {
      $0.isPassive = true
      $0.management = .known(.init(bindings: [], queue: .init(type: "quorum")))
    },
    Case("passive, another type", "queue", .warning, ["is a classic queue", "--exclusive"]) {
      $0.isPassive = true
      $0.queue?.declaration = .taken
      $0.management = .known(.init(bindings: ["#"], queue: .init(type: "classic")))
    },
    Case("gone meanwhile", "reachable", .failure, ["stopped answering"]) { $0.interruption = "It was lost." },
  ]

  @Test func `a sound broker gets no warning`() {
    let findings = BrokerCheck.findings(Self.sound(), now: Self.now)
    #expect(findings.filter { $0.severity != .ok } == [])
    #expect(Set(findings.map(\.check)).count >= 9)
  }

  @Test(arguments: cases) func `what is broken is said, with the remedy, and nothing else`(_ broken: Case) {
    var facts = Self.sound()
    broken.harm(&facts)
    let findings = BrokerCheck.findings(facts, now: Self.now).filter { $0.severity != .ok }
    #expect(findings.map(\.check) == [broken.check], "\(findings)")
    #expect(findings.first?.severity == broken.severity)
    let text = findings.map { "\($0.sentence) \($0.remedy ?? "")" }.joined()
    for word in broken.words { #expect(text.contains(word), "\(text)") }
  }

  @Test func `a negative limit by the queue's argument is none for RabbitMQ 4`() {
    var facts = Self.sound()
    facts.version = .known("4.1.0")
    facts.management = .known(Self.quorum(limit: -1, letters: 1_000_000, byPolicy: false))
    let findings = BrokerCheck.findings(facts, now: Self.now)
    #expect(findings.filter { $0.severity != .ok } == [])
    #expect(findings.filter { $0.check == "delivery limit" }.count == 2)
  }

  @Test func `without the management plugin, RabbitMQ 4's limit of a quorum queue is pointed out`() {
    var facts = Self.sound()
    facts.management = .failed("it does not let this user in")
    func words() -> [String] {
      BrokerCheck.findings(facts, now: Self.now).filter { $0.check == "delivery limit" }.map(\.sentence)
    }
    #expect(words() == [])
    facts.version = .known("4.0.2")
    #expect(words().count == 1 && words()[0].contains("has come back 20 times"))
  }

  @Test func `without the management plugin the binding is said to be unknown`() {
    var facts = Self.sound()
    facts.management = .failed("it does not let this user in")
    let binding = BrokerCheck.findings(facts, now: Self.now).first { $0.check == "binding" }
    #expect(binding?.severity == .ok)
    #expect(binding?.sentence.contains("Not asked") == true)
  }
}
