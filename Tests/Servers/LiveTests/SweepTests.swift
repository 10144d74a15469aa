import Updates
import TestTraits
import LiveHarness
import RabbitBroker
import TestServers
import Testing

/// Stored updates that were never confirmed and whose event will not be delivered again (spec section 7.5).
@Suite(.bounded) struct SweepTests {
  /// An id that makes a routing key longer than AMQP's 255 bytes.
  private static let endless = String(repeating: "x", count: 250)

  /// Takes all messages from the tap and returns their recipients, in order.
  private func recipients(_ installation: Installation) throws -> [String] {
    try installation.client().drain(installation.tap).map { $0.headers["userId"] ?? "" }
  }

  @Test func `a worker publishes them at its start, oldest first, and skips those that cannot be sent`()
    async throws
  {
    try await withInstallation { installation in
      let users = (0..<1200).map { "u\($0)" }
      try await installation.storeLeftovers([Self.endless + "1"] + users + [Self.endless + "2"])
      let worker = try installation.startWorker(changing: ["UPDATE_WORKER_SWEEP_SECONDS": "0.1"])
      try await until("all that can be sent is marked") {
        try installation.database.updates(published: true) == users.count
      }
      try await until("both that cannot be sent are told") {
        worker.errors.split(separator: "cannot be published").count == 3
      }
      // Later sweeps find nothing, and log nothing.
      let late = try await installation.storeLeftovers(["late"], age: 120_000)
      try await until("a later sweep has been") {
        try installation.database.updates(published: true) == users.count + late.count
      }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      #expect(worker.errors.split(separator: "cannot be published").count == 3, "\(worker.errors)")
      #expect(try recipients(installation) == users + ["late"])
      let stored = try await installation.storedUpdates()
      #expect(stored.filter { !$0.isPublished }.allSatisfy { $0.userId.string.hasPrefix("xxx") })
    }
  }

  @Test func `an idle worker publishes them too, but none that another worker may be publishing`()
    async throws
  {
    try await withInstallation { installation in
      let worker = try installation.startWorker(changing: ["UPDATE_WORKER_SWEEP_SECONDS": "0.1"])
      try await worker.isReady()
      try await installation.storeLeftovers(["young"], age: 0)
      try await installation.storeLeftovers(["old", "older"])
      try await until("they are marked") { try installation.database.updates(published: true) == 2 }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      #expect(try recipients(installation) == ["old", "older"])
    }
  }

  @Test func `only one worker at a time publishes them, so that none is published twice`() async throws {
    try await withInstallation(isBusy: true) { installation in
      let workers = try (0..<3).map { _ in
        try installation.startWorker(changing: ["UPDATE_WORKER_SWEEP_SECONDS": "0.05"])
      }
      for worker in workers { try await worker.isReady() }
      let users = (0..<1600).map { "u\($0)" }
      for part in 0..<4 {
        try await installation.storeLeftovers(Array(users[part * 400..<part * 400 + 400]))
      }
      try await until("all are marked") {
        try installation.database.updates(published: true) == users.count
      }
      for worker in workers { #expect(try await worker.terminate() == .exited(0), "\(worker.errors)") }
      #expect(try recipients(installation).sorted() == users.sorted())
    }
  }

  @Test func `republish obeys its limits of number and age, and reports what it did`()
    async throws
  {
    try await withInstallation { installation in
      try await installation.storeLeftovers([Self.endless] + (0..<5).map { "u\($0)" })
      try await installation.storeLeftovers(["younger"], age: 600_000)
      try await installation.storeLeftovers(["young"], age: 0)
      let two = try await installation.command("republish", "--limit", "2", "--older-than", "30m")
      #expect(two.ending == .exited(0), "\(two.errors)")
      #expect(two.errors.hasPrefix("published 2 updates, 1 cannot be sent: "), "\(two.errors)")
      #expect(two.errors.contains("the routing key has 282 bytes; AMQP allows 255"), "\(two.errors)")
      #expect(try recipients(installation) == ["u0", "u1"])
      let old = try await installation.command("republish", "--older-than", "30m")
      #expect(old.errors.hasPrefix("published 3 updates, 1 cannot be sent: "), "\(old.errors)")
      #expect(try recipients(installation) == ["u2", "u3", "u4"])
      let rest = try await installation.command("republish")
      #expect(rest.errors.hasPrefix("published 1 update, 1 cannot be sent: "), "\(rest.errors)")
      #expect(try recipients(installation) == ["younger"])
      #expect(try installation.database.updates(published: true) == 6)
      for wrong in [["--older-than", "1 week"], ["--older-than", "5"], ["--limit", "-1"]] {
        #expect(try await installation.start(["republish"] + wrong).ending() == .exited(64))
      }
    }
  }

  @Test func `republish waits while a worker sweeps`() async throws {
    try await withInstallation { installation in
      try await installation.storeLeftovers(["u"])
      let holder = BrokerPublisher(try installation.brokerConfiguration())
      #expect(try await holder.claim())
      let command = try installation.start(["republish"])
      try await command.says("waiting until it is done")
      #expect(try recipients(installation) == [])
      await holder.close()
      #expect(try await command.ending() == .exited(0))
      #expect(command.errors.hasSuffix("published 1 update\n"))
      #expect(try recipients(installation) == ["u"])
    }
  }
}
