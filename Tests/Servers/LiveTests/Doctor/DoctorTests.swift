import BSON
import FaultInjection
import Foundation
import LiveHarness
import RabbitBroker
import TestKit
import TestServers
import TestTraits
import Testing

/// `doctor` on installations that are broken in one way each.
@Suite(.bounded) struct DoctorTests {
  /// One way to break an installation, and what must then be said, and nothing else.
  struct Case: CustomTestStringConvertible {
    struct Expectation {
      let section: String
      let check: String
      let severity: String
      let words: [String]
    }

    let testDescription: String
    let expected: [Expectation]
    /// Breaks it; returns the settings to change.
    let harm: @Sendable (Installation) async throws -> [String: String]

    init(
      _ name: String, _ section: String, _ check: String, _ severity: String, _ words: [String],
      _ harm: @escaping @Sendable (Installation) async throws -> [String: String]
    ) {
      self.init(name, [Expectation(section: section, check: check, severity: severity, words: words)], harm)
    }

    init(
      _ name: String, _ expected: [Expectation],
      _ harm: @escaping @Sendable (Installation) async throws -> [String: String]
    ) {
      testDescription = name
      self.expected = expected
      self.harm = harm
    }
  }

  @Test func `a sound installation has nothing to mend`() async throws {
    try await withInstallation { installation in
      try await installation.furnish()
      let run = try await DoctorRun(installation)
      #expect(run.ending == .exited(0))
      #expect(run.complaints.isEmpty, "\(run.complaints)")
      #expect(run.errors.isEmpty)
      let checks = run.findings.map(\.check)
      for check in [
        "values", "reachable", "version", "TLS", "write concern", "clock", "rights", "indexes",
        "indexes of updates",
        "index of events", "alarms", "exchanges", "queue", "consumers", "dead letters", "binding", "events",
        "unpublished updates", "identities", "dry run",
      ] {
        #expect(checks.contains(check), "\(checks)")
      }
      let trial = run.findings.first { $0.check == "dry run" }
      #expect(trial?.text.contains("makes 2 updates (2 DialogUpdate)") == true, "\(run.findings)")
    }
  }

  @Test func `a sound installation with quorum queues has nothing to mend, declared or not`() async throws {
    try await withInstallation(queueType: .quorum) { installation in
      try await installation.furnish()
      for changes in [[:], ["UPDATE_WORKER_TOPOLOGY": "passive"]] {
        let run = try await DoctorRun(installation, flags: ["--exclusive"], changing: changes)
        #expect(run.ending == .exited(0))
        #expect(run.complaints.isEmpty, "\(run.complaints)")
      }
      #expect(throws: TestServerError.self) {
        try installation.client().count(installation.topology.ownerQueue)
      }
    }
  }

  @Test func `it changes nothing`() async throws {
    try await withInstallation { installation in
      try await installation.furnish()
      let client = try installation.client()
      let topology = installation.topology
      try client.publish(Traffic(events: 2).events(), to: topology.eventsExchange, "e")
      let collections = ["events", "updates", "dialogmembers", "users"]
      let before = try collections.map { try installation.database.records(of: $0) }
      _ = try await DoctorRun(installation)
      #expect(try collections.map { try installation.database.records(of: $0) } == before)
      let messages = try client.drain(topology.queue)
      #expect(messages.count == 2)
      #expect(messages.allSatisfy { !$0.isRedelivered })
      #expect(try client.count(topology.deadLetterQueue) == 0)
      #expect(try client.drain(installation.tap).isEmpty)
      // Of what is not there, nothing is made.
      let names = [topology.queue, topology.deadLetterQueue]
      try client.delete(queues: names, exchanges: [topology.eventsExchange, topology.updatesExchange])
      let run = try await DoctorRun(installation)
      #expect(run.complaints.count { $0.text.contains("does not exist") } == 4, "\(run.complaints)")
      for name in names + [topology.sweepQueue] {
        let other = try installation.client()
        #expect(throws: TestServerError.self) { try other.count(name) }
      }
    }
  }

  @Test(arguments: DoctorCases.all) func `what is broken is said, and nothing else`(_ broken: Case)
    async throws
  {
    try await withInstallation { installation in
      try await installation.furnish()
      let changes = try await broken.harm(installation)
      let run = try await DoctorRun(installation, changing: changes)
      let isFailed = broken.expected.contains { $0.severity == "failure" }
      #expect(run.ending == .exited(isFailed ? 69 : 0), "\(run.errors)")
      #expect(run.time < .seconds(15), "\(run.time)")
      #expect(!(run.output + run.errors).contains(DoctorCases.secret))
      #expect(run.complaints.count == broken.expected.count, "\(run.complaints)")
      for expected in broken.expected {
        let found = run.complaints.contains { finding in
          finding.section == expected.section && finding.check == expected.check
            && finding.severity == expected.severity
            && expected.words.allSatisfy { finding.text.contains($0) }
        }
        #expect(found, "\(expected) is not among \(run.complaints)")
      }
    }
  }

  @Test func `offline it looks at the settings only`() async throws {
    try await withInstallation { installation in
      let port = try LoopbackPort.free()
      let run = try await DoctorRun(
        installation, flags: ["--offline"], changing: ["RABBITMQ_URL": "amqp://127.0.0.1:\(port)/"])
      #expect(run.ending == .exited(0))
      #expect(run.findings.map(\.section) == ["Configuration"])
    }
  }

  @Test func `into a pipe it prints a line per finding, with its remedy`() async throws {
    try await withInstallation { installation in
      try await installation.furnish()
      let (ending, output, errors) = try await installation.command("doctor", "--management-port", "1")
      #expect(ending == .exited(0), "\(errors)")
      let lines = output.split(separator: "\n").map {
        $0.split(separator: "\t", omittingEmptySubsequences: false)
      }
      #expect(lines.first == ["SECTION", "CHECK", "RESULT", "FINDING", "REMEDY"])
      #expect(lines.allSatisfy { $0.count == 5 })
      #expect(
        lines.contains {
          $0.prefix(3) == ["RabbitMQ", "consumers", "warning"] && $0.last == "Start the worker."
        })
    }
  }
}
