import RabbitBroker
import TestTraits
import Foundation
import LiveHarness
import SpecModel
import TestServers
import Testing

/// `dead-letters` on events that the worker has buried.
@Suite(.bounded) struct DeadLetterCommandTests {
  /// An event about a message that is not stored yet, and one that is bad whatever is stored.
  private static let early =
    #"{"_id":"650000000000000000000001","tenantId":"t","eventType":"message.update","entityType":"message","#
    + #""entityId":"m","data":{"dialog":{"dialogId":"d"}},"createdAt":1763551369397.5}"#
  private static let broken = #"{"_id":"650000000000000000000002","eventType":"dialog.update"}"#

  @Test func `letters are listed and shown, and are handled once the cause is gone; the others come back`()
    async throws
  {
    try await withInstallation { installation in
      try await installation.apply(
        #"{"upsert":{"dialogmembers":[{"tenantId":"t","dialogId":"d","userId":"ann","unreadCount":0}]}}"#)
      let client = try installation.client()
      let topology = installation.topology
      let worker = try installation.startWorker()
      try client.publish(
        Array(Self.early.utf8), to: topology.eventsExchange, "message.update.t",
        headers: ["traceparent": "00-a"])
      try client.publish(Array(Self.broken.utf8), to: topology.eventsExchange, "dialog.update.t")
      try client.publish([0x1B, 0x5B, 0xFF, 0x0A], to: topology.eventsExchange, "no.event")
      try await until("all are buried") { try client.count(topology.deadLetterQueue) == 3 }

      for _ in 1...2 {
        let list = try await installation.command("dead-letters", "list")
        #expect(list.ending == .exited(0), "\(list.errors)")
        let lines = list.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("N\tAGE\tROUTING KEY"))
        #expect(lines[1].contains("message.update.t") && lines[1].hasPrefix("1\t"))
        #expect(lines[2].contains("dialog.update.t") && lines[2].contains("tenantId"))
        #expect(lines[3].contains(#"\x1b[\xff\n"#), "control characters are escaped")
      }
      let json = try await installation.command(
        "dead-letters", "list", "--json", "--match", "650000000000000000000001")
      let letter = try JSON.parse(Array(json.output.utf8.dropLast()))
      #expect(letter["number"] == 1)
      #expect(letter["routingKey"] == "message.update.t")
      #expect(letter["exchange"]?.string?.text == topology.eventsExchange)
      #expect(letter["body"]?.string?.text == Self.early)
      #expect(letter["headers"]?["traceparent"] == "00-a")
      let show = try await installation.command("dead-letters", "show", "1")
      #expect(show.output.contains("  routing key   message.update.t\n"))
      #expect(show.output.contains("  headers       traceparent: 00-a\n"))
      #expect(show.output.contains("\n  \"createdAt\": 1763551369397.5\n}"), "\(show.output)")

      try await installation.apply(
        #"{"upsert":{"messages":[{"tenantId":"t","messageId":"m","dialogId":"d","senderId":"ann","createdAt":900}]}}"#
      )
      let requeue = try await installation.command("dead-letters", "requeue", "--match", "eventType")
      #expect(requeue.ending == .exited(0))
      #expect(requeue.errors == "requeued 2 dead letters, 1 left\n")
      try await until("the mended one is handled and the other is back") {
        try client.count(installation.tap) == 1 && client.count(topology.deadLetterQueue) == 2
      }
      let update = try #require(try client.get(installation.tap))
      #expect(update.type == "MessageUpdate" && update.headers["traceparent"] == "00-a")
      let rest = try await installation.command("dead-letters", "list")
      #expect(rest.output.contains("dialog.update.t"), "the routing key is kept through a second failure")
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
    }
  }

  @Test func `kill -9 in the middle of a requeue loses nothing, and the same command requeues the rest`()
    async throws
  {
    try await withInstallation { installation in
      let topology = installation.topology
      let client = try installation.client()
      let padding = String(repeating: "x", count: 3000)
      let all = (0..<8000).map { "\($0) \(padding)" }
      try client.publish(all, to: "", topology.deadLetterQueue)
      let command = try installation.start(["dead-letters", "requeue", "--all"])
      // There is no pause between the looks, because the command ends within a second.
      while try client.count(topology.queue) < 300 {}
      try await command.kill()
      try await until("what it held is put back") {
        try client.count(topology.queue) + client.count(topology.deadLetterQueue) >= all.count
      }
      let left = try client.count(topology.deadLetterQueue)
      #expect(left > 0, "the load was too small for the test")
      let rest = try await installation.command("dead-letters", "requeue", "--all")
      #expect(rest.errors == "requeued \(left) dead letters, 0 left\n")
      let back = try client.drain(topology.queue).map { String(decoding: $0.body, as: UTF8.self) }
      #expect(Set(back) == Set(all))
      // Letters that were confirmed and not yet acknowledged may have been sent twice.
      #expect(back.count <= all.count + 100)
      var seen: Set<String> = []
      #expect(back.filter { seen.insert($0).inserted } == all, "the letters keep their order")
    }
  }

  @Test func `only the chosen letters are dropped, after a question, and their number is reported`()
    async throws
  {
    try await withInstallation { installation in
      let topology = installation.topology
      let client = try installation.client()
      for name in ["one", "two", "three", "four"] {
        try client.publish(
          Array(name.utf8), to: "", topology.deadLetterQueue,
          headers: [
            "x-error": name == "four" ? "of two minds" : "bad", "x-failed-at": "2026-01-01T00:00:00.000Z",
          ])
      }
      for wrong in [
        ["drop"], ["drop", "--all"], ["drop", "--all", "1", "--yes"], ["drop", "--match", "", "--yes"],
        ["requeue"], ["requeue", "0"], ["show", "0"], ["list", "--limit", "-1"],
      ] {
        let process = try installation.start(["dead-letters"] + wrong)
        #expect(try await process.ending() == .exited(64), "\(wrong)")
      }
      let beyond = try await installation.command("dead-letters", "drop", "2", "5", "--yes")
      #expect(beyond.ending == .exited(65))
      #expect(beyond.errors == "chat3-update-worker: there is no dead letter 5; there are 4\n")
      let none = try await installation.command("dead-letters", "drop", "--match", "five", "--yes")
      #expect(none.errors == "the selection matches no dead letter; nothing is dropped\n")
      let two = try await installation.command("dead-letters", "drop", "--match", "two", "--yes")
      #expect(two.ending == .exited(0))
      #expect(two.errors == "dropped 2 dead letters, 2 left\n")
      #expect(two.output.split(separator: "\n").count == 3)
      #expect(two.output.contains("two") && two.output.contains("four") && !two.output.contains("three"))
      let number = try await installation.command("dead-letters", "drop", "2", "--yes")
      #expect(number.output.contains("three"))
      try await until("the rest is there") { try client.count(topology.deadLetterQueue) == 1 }
      #expect(
        try client.drain(topology.deadLetterQueue).map { String(decoding: $0.body, as: UTF8.self) } == ["one"]
      )
      let elsewhere = try await installation.command("dead-letters", "list", "--queue", "no_such_queue")
      #expect(elsewhere.ending == .exited(64))
      #expect(elsewhere.errors.contains("nothing was ever dead-lettered"), "\(elsewhere.errors)")
    }
  }
}
