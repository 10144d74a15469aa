import Updates
import RabbitBroker
import TestKit
import TestTraits
import BSON
import Foundation
import LiveHarness
import Pipeline
import ReplayHarness
import TestServers
import Testing

/// `backfill` makes missing updates, each once, from the API's own copy of the events (spec section 7.1).
@Suite(.bounded) struct BackfillTests {
  private static let round = PipelineLimits().openEvents
  private static let traffic = Traffic(events: round * 3 / 2)
  private static let since = ["--since", "2025-11-19"]

  /// Lends an installation with the state and the archived events of the traffic. No event has been handled.
  private func withArchive(
    _ traffic: Traffic = Self.traffic, _ body: (Installation) async throws -> Void
  ) async throws {
    try await withInstallation(isBusy: traffic.count > Self.round) { installation in
      try installation.database.insert(traffic.records, into: "dialogmembers")
      try await installation.archive(traffic.events())
      try await body(installation)
    }
  }

  private func backfill(
    _ installation: Installation, _ flags: [String] = since
  ) async throws -> (ending: SpawnedProcess.Ending, words: String) {
    let process = try installation.start(["backfill"] + flags)
    let ending = try await process.ending(within: .seconds(90))
    return (ending, process.errors)
  }

  @Test func `it makes and publishes all updates of a lost range, and a second run changes nothing`()
    async throws
  {
    try await withArchive { installation in
      let first = try await backfill(installation)
      #expect(first.ending == .exited(0), "\(first.words)")
      let due = Self.traffic.due.count
      let count = due.formatted(.number.locale(Locale(identifier: "en_US")))
      #expect(first.words.contains("updates made    \(count)  (\(due) DialogUpdate)"), "\(first.words)")
      #expect(try await Self.traffic.complaints(about: installation) == [])
      let before = try await installation.storedUpdates().map(\.document)
      let second = try await backfill(installation)
      #expect(
        second.words.contains("updates made    0\nalready stored  \(count)\npublished       0\n"),
        "\(second.words)")
      #expect(try await installation.storedUpdates().map(\.document) == before)
      #expect(try installation.client().count(installation.tap) == 0)
    }
  }

  @Test func `it makes exactly the missing updates, and publishes those that were never confirmed`()
    async throws
  {
    try await withInstallation { installation in
      let events = try await Recording.play("support-chat", to: installation)
      let client = try installation.client()
      _ = try client.drain(installation.tap)
      let all = try await installation.storedUpdates()
      let slice = { (rest: Int) in all.enumerated().filter { $0.offset % 5 == rest }.map(\.element) }
      // A user who has left the dialog since is not due the lost updates, but gets the stored ones.
      let lost = (slice(1) + slice(2)).filter {
        $0.eventType != "user.stats.update" && $0.userId.string != "shop_bot"
      }
      let unpublished = slice(4)
      #expect(unpublished.contains { $0.userId.string == "shop_bot" } && lost.count > 3)
      try installation.database.remove(lost)
      try installation.database.unmark(unpublished)
      let dryRun = try await backfill(installation, Self.since + ["--dry-run"])
      #expect(dryRun.words.contains("missing         \(lost.count)  "), "\(dryRun.words)")
      let due = unpublished.count { $0.userId.string != "shop_bot" }
      #expect(dryRun.words.contains("never confirmed \(due)\n"), "\(dryRun.words)")
      #expect(try installation.database.updates() == all.count - lost.count)
      #expect(try client.count(installation.tap) == 0)

      let result = try await backfill(installation)
      #expect(result.ending == .exited(0), "\(result.words)")
      let after = try await installation.storedUpdates()
      #expect(Set(after.map(\.id)) == Set(all.map(\.id)), "\(events.count) events: \(result.words)")
      #expect(after.allSatisfy { $0.isPublished })
      let sent = try client.drain(installation.tap).compactMap(\.messageId)
      #expect(Set(sent) == Set((lost + unpublished).map(\.id.description)))
      #expect(sent.count == lost.count + unpublished.count)
    }
  }

  @Test func `after a kill the same command completes the work from its checkpoint`() async throws {
    try await withArchive { installation in
      let folder = try TemporaryFolder()
      let file = folder.path("place.json")
      let flags = Self.since + ["--checkpoint", file]
      // In the middle of the second round.
      let killed = try installation.start(
        ["backfill"] + flags, changing: [CrashPoint.variable: "published:\(Self.round * 5 / 2)"])
      #expect(try await killed.ending() == .killed(SIGKILL), "\(killed.errors)")
      let place = try String(decoding: Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
      // The fields of the file come in any order.
      let done = (0..<Self.round * 5 / 4).last { event in
        [",", "}"].contains { place.contains("\"position\":\(Traffic.time(event))\($0)") }
      }
      let last = try #require(done, "\(place)")
      #expect(last > 0)
      let result = try await backfill(installation, flags)
      #expect(result.ending == .exited(0), "\(result.words)")
      #expect(
        result.words.contains("events          \(Self.traffic.count - last)  "), "\(place): \(result.words)")
      #expect(!FileManager.default.fileExists(atPath: file))
      #expect(try await Self.traffic.complaints(about: installation) == [])
    }
  }

  @Test func `everything is stored once while a worker handles the same events`() async throws {
    try await withArchive { installation in
      let client = try installation.client()
      try client.publish(Self.traffic.events(), to: installation.topology.eventsExchange, "e.t")
      var limits = PipelineLimits()
      limits.openEvents = 20
      let worker = try WorkerInProcess(installation, limits: limits)
      let result = try await backfill(installation)
      #expect(result.ending == .exited(0), "\(result.words)")
      try await worker.hasHandled(Self.traffic.count)
      try await worker.stop()
      #expect(try await Self.traffic.complaints(about: installation) == [])
    }
  }

  @Test func `when asked to stop, it finishes the round and says how to go on`() async throws {
    try await withArchive { installation in
      let rate = 60
      let process = try installation.start(
        ["backfill"] + Self.since + ["--tenant", "t", "--rate", "\(rate)"])
      let client = try installation.client()
      try await until("it publishes") { try client.count(installation.tap) > 0 }
      process.send(SIGTERM)
      #expect(try await process.ending() == .killed(SIGTERM))
      let left = try await installation.storedUpdates()
      let events = left.count / 2
      #expect(events > 0 && events % rate == 0 && left.count == 2 * events, "what was open is complete")
      #expect(left.allSatisfy { $0.isPublished })
      let words = process.errors
      let start = try #require(words.firstRange(of: "this goes on: chat3-update-worker "), "\(words)")
      let command = words[start.upperBound...].split(separator: "\n")[0].split(separator: " ").map(
        String.init)
      #expect(command.contains("\(Traffic.time(events - 1))") && command.contains("--tenant"))
      let rest = try installation.start(command + ["--rate", "1000"])
      #expect(try await rest.ending() == .exited(0), "\(rest.errors)")
      #expect(try await Self.traffic.complaints(about: installation) == [])
    }
  }

  @Test func `it waits for a server that is down, unless told not to`() async throws {
    // Exact also in this: a query that a restart has cut off ends with an error, and not as if it were complete.
    let mongo = try await MongoServer(.exact)
    try await withInstallation(mongo: mongo) { installation in
      try installation.database.insert(Self.traffic.records, into: "dialogmembers")
      try await installation.archive(Self.traffic.events())
      let process = try installation.start(["backfill"] + Self.since + ["--rate", "150"])
      let client = try installation.client()
      try await until("it publishes") { try client.count(installation.tap) > 0 }
      mongo.kill()
      try await process.says("waiting for a server")
      let impatient = try await backfill(installation, Self.since + ["--no-wait"])
      #expect(impatient.ending == .exited(69), "\(impatient.words)")
      #expect(impatient.words.contains("Not complete; this goes on: "), "\(impatient.words)")
      try await mongo.start()
      try await process.says("the servers are back")
      #expect(try await process.ending(within: .seconds(90)) == .exited(0), "\(process.errors)")
      let complaints = try await Self.traffic.complaints(about: installation)
      #expect(complaints == [])
    }
  }

  @Test func `bad events are reported and hold nothing up; only the given tenant and range are handled`()
    async throws
  {
    try await withArchive(Traffic(events: 4)) { installation in
      let other = #"t\",\"$ne\":\"x"#
      try installation.database.insert(
        [#"{"tenantId":"\#(other)","dialogId":"d","userId":"eve","unreadCount":0}"#], into: "dialogmembers")
      let id = "64b00000000000000000000"
      try await installation.archive([
        #"{"_id":"\#(id)1","tenantId":"\#(other)","eventType":"dialog.update","data":{"dialog":{"dialogId":"d"}},"createdAt":1763551369397.75}"#,
        #"{"_id":"\#(id)2","tenantId":"t","eventType":"message.create","data":{},"createdAt":1763551369397.75}"#,
        #"{"_id":"\#(id)3","tenantId":"t","eventType":"message.delete","data":{},"createdAt":1763551369397.75}"#,
      ])
      let unlikely = try await backfill(installation, Self.since + ["--tenant", #"{"$ne":null}"#])
      #expect(unlikely.words.contains("events          0\n"), "\(unlikely.words)")
      let theirs = try await backfill(installation, Self.since + ["--tenant", #"t","$ne":"x"#])
      #expect(theirs.ending == .exited(0), "\(theirs.words)")
      #expect(try await installation.storedUpdates().map(\.userId.string) == ["eve"])
      let last = try await backfill(
        installation, ["--since", "\(Traffic.time(1))", "--until", "\(Traffic.time(3))", "--tenant", "t"])
      #expect(last.words.contains("updates made    4  "), "\(last.words)")
      let all = try await backfill(installation, ["--since", "2025-11-19T11:00:00Z"])
      #expect(all.ending == .exited(65), "\(all.words)")
      #expect(all.words.contains("event \(id)2: data.message.messageId is missing"), "\(all.words)")
      #expect(
        all.words.contains("updates made    4  ") && all.words.contains("ignored         1  "), "\(all.words)"
      )
    }
  }

  @Test
  func `users who joined after an event get no update of it; values of the event are published unchanged`()
    async throws
  {
    try await withInstallation { installation in
      try installation.database.insert(
        ["early", "late"].map { #"{"tenantId":"t","dialogId":"d","userId":"\#($0)","unreadCount":0}"# },
        into: "dialogmembers")
      try await installation.archive([
        #"{"_id":"64b000000000000000000001","tenantId":"t","eventType":"dialog.update","data":{"dialog":{"dialogId":"d","whole":5.0}},"createdAt":1763551369397.25}"#,
        #"{"_id":"64b000000000000000000002","tenantId":"t","eventType":"dialog.member.add","data":{"dialog":{"dialogId":"d"},"member":{"userId":"late"}},"createdAt":1763551369398.25}"#,
      ])
      let result = try await backfill(installation)
      #expect(result.words.contains("joined later    1\n"), "\(result.words)")
      let stored = try await installation.storedUpdates()
      #expect(
        Set(stored.map { "\($0.eventType) \($0.userId)" }) == [
          "dialog.update early", "dialog.member.add early", "dialog.member.add late",
          "user.stats.update late",
        ])
      let bodies = try installation.client().drain(installation.tap).map {
        String(decoding: $0.body, as: UTF8.self)
      }
      #expect(bodies.contains { $0.contains(#""whole":5,"#) || $0.contains(#""whole":5}"#) })
    }
  }

  @Test(
    arguments: [
      ["--since", "yesterday"], ["--since", "2h", "--rate", "0"], [], ["--since", "1h", "--until", "2h"],
      // Both flags name the same moment.
      ["--since", "2026-11-21T12:30:00.500+03:00", "--until", "2026-11-21T09:30:00.500Z"],
      ["--since", "2026-11-21T09:30:00", "--until", "1795253400000"],
      ["--since", "2026-11-21", "--until", "2026-11-20T23:00:00-0100"],
    ])
  func `flags that make no sense exit with 64`(flags: [String]) async throws {
    try await withInstallation { installation in
      let result = try await backfill(installation, flags)
      #expect(result.ending == .exited(64), "\(result.words)")
    }
  }
}
