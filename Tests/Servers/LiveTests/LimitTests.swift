import Pipeline
import BSON
import Updates
import RabbitBroker
import TestKit
import TestTraits
import LiveHarness
import TestServers
import Testing

/// Updates that are too large for a server, and those that are merely large.
@Suite(.bounded) struct LimitTests {
  private static func event(_ number: Int, dialog: String, _ filling: String = "") -> String {
    #"{"_id":"\#(Traffic.id(number))","tenantId":"t","eventType":"dialog.update","createdAt":1000.5,"data":"#
      + #"{"dialog":{"dialogId":"\#(dialog)","filling":"\#(filling)"}}}"#
  }

  private static func member(_ user: String, of dialog: String) -> String {
    #"{"tenantId":"t","dialogId":"\#(dialog)","userId":"\#(user)"}"#
  }

  @Test func `an event whose update is over 16 MB is dead-lettered and holds nothing up`() async throws {
    try await withInstallation(isBusy: true) { installation in
      try installation.database.insert([Self.member("ann", of: "d")], into: "dialogmembers")
      let client = try installation.client()
      let worker = try installation.startWorker()
      let large = Self.event(1, dialog: "d", longText("x", times: 17 << 20))
      let exchange = installation.topology.eventsExchange
      try client.publish(
        [Self.event(0, dialog: "d"), large, Self.event(2, dialog: "d")], to: exchange, "dialog.update.t")
      try await until("the others are published") { try client.count(installation.tap) == 2 }
      let dead = installation.topology.deadLetterQueue
      try await until("the large one is with the dead letters") { try client.count(dead) == 1 }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      let letter = try #require(try client.get(dead))
      #expect(letter.body == Array(large.utf8))
      #expect(letter.headers["x-error"]?.isEmpty == false)
      #expect(letter.headers["x-original-routing-key"] == "dialog.update.t")
      let stored = try await installation.storedUpdates()
      #expect(stored.map(\.eventId.description) == [Traffic.id(0), Traffic.id(2)])
      #expect(try client.count(installation.topology.queue) == 0)
    }
  }

  @Test func `an update whose routing key is over 255 bytes is stored, and holds nothing up`() async throws {
    try await withInstallation(isBusy: true) { installation in
      let long = String(repeating: "u", count: 250)
      try installation.database.insert(
        ["ann", long, "zoe"].map { Self.member($0, of: "d") }, into: "dialogmembers")
      let client = try installation.client()
      let worker = try installation.startWorker()
      try client.publish(
        (0..<3).map { Self.event($0, dialog: "d") }, to: installation.topology.eventsExchange,
        "dialog.update.t")
      try await until("the others are published") { try client.count(installation.tap) == 6 }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      let stored = try await installation.storedUpdates()
      #expect(stored.count == 9)
      #expect(Set(stored.filter { !$0.isPublished }.map(\.userId.string)) == [long])
      #expect(stored.count { !$0.isPublished } == 3)
      #expect(worker.errors.contains("cannot be published"))
      #expect(try client.count(installation.topology.queue) == 0)
      #expect(try client.count(installation.topology.deadLetterQueue) == 0)
    }
  }

  @Test func `§7.7 while a dialog of thousands of members is handled, a small one passes`() async throws {
    try await withInstallation(isBusy: true) { installation in
      let large = (0..<5000).map { "member\($0)" }
      try installation.database.insert(large.map { Self.member($0, of: "large") }, into: "dialogmembers")
      try installation.database.insert([Self.member("ann", of: "small")], into: "dialogmembers")
      let client = try installation.client()
      let worker = try WorkerInProcess(installation)
      try client.publish(
        [Self.event(0, dialog: "small"), Self.event(1, dialog: "large"), Self.event(2, dialog: "small")],
        to: installation.topology.eventsExchange, "dialog.update.t")
      try await worker.hasHandled(3)
      try await worker.stop()
      #expect(worker.tally.published == 5002)
      let messages = try client.drain(installation.tap)
      let all = messages.compactMap { $0.headers["userId"] }
      let users = all.filter { $0 != "ann" }
      #expect(all.count - users.count == 2)
      #expect(try #require(all.lastIndex(of: "ann")) < 3000)
      #expect(users.count == 5000)
      #expect(Set(users) == Set(large))
      let stored = try await installation.storedUpdates()
      #expect(stored.count == 5002)
      #expect(stored.allSatisfy { $0.isPublished })
    }
  }

  @Test func `updates carry the trace headers of their event, unless those are over 4 kB`() async throws {
    try await withInstallation(isBusy: true) { installation in
      try installation.database.insert([Self.member("ann", of: "d")], into: "dialogmembers")
      let client = try installation.client()
      let worker = try WorkerInProcess(installation)
      let traces = ["short", String(repeating: "s", count: 4097)]
      for (number, state) in traces.enumerated() {
        try client.publish(
          Array(Self.event(number, dialog: "d").utf8), to: installation.topology.eventsExchange, "k",
          headers: ["traceparent": "00-parent", "tracestate": state])
      }
      try await worker.hasHandled(2)
      try await worker.stop()
      let messages = try client.drain(installation.tap)
      #expect(messages.map { $0.headers["traceparent"] } == ["00-parent", "00-parent"])
      #expect(messages.map { $0.headers["tracestate"] } == ["short", nil])
    }
  }
}
