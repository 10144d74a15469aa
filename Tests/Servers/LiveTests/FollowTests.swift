import BSON
import Foundation
import LiveHarness
import Pipeline
import RabbitBroker
import SpecModel
import TestServers
import TestTraits
import Testing
import Updates

/// `inspect updates --follow` beside live workers.
@Suite(.bounded) struct FollowTests {
  @Test(arguments: [SIGTERM, SIGINT])
  func `it shows what two workers store, each update once, until a signal ends it`(signal: Int32) async throws
  {
    try await withInstallation { installation in
      let traffic = Traffic(events: 150, members: 3)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let client = try installation.client()
      try client.publish(
        traffic.events(count: 20), to: installation.topology.eventsExchange, "dialog.update.t")
      let first = try WorkerInProcess(installation)
      try await first.hasHandled(20)
      let second = try WorkerInProcess(installation)

      let follower = try installation.start([
        "inspect", "updates", "--follow", "--json", "--store", installation.mongoURI, "--user", "member2",
      ])
      try await follower.says("following new updates")
      try client.publish(
        traffic.events(from: 20), to: installation.topology.eventsExchange, "dialog.update.t")
      try await until("all events are handled") { first.tally.totalEvents + second.tally.totalEvents >= 150 }
      try await until("all new updates are shown") {
        follower.output.split(separator: "\n").count >= 130 && follower.output.hasSuffix("\n")
      }
      try await first.stop()
      try await second.stop()
      follower.send(signal)
      #expect(try await follower.ending() == .exited(0))
      let shown = try follower.output.split(separator: "\n").map { line in
        try #require(try JSON.parse(String(line))["_id"]?.string?.text)
      }
      let stored = try await installation.storedUpdates().filter { $0.userId.string == "member2" }
      #expect(shown.count == 130 && Set(shown) == Set(stored.map(\.id.description).suffix(130)))
    }
  }
}
