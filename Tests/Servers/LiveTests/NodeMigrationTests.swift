import BSON
import Foundation
import LiveHarness
import RabbitBroker
import TestKit
import TestServers
import TestTraits
import Testing

/// What docs/coming-from-node.md tells to do. Another worker of ours stands in for the Node worker: its updates have
/// the same ids as those on trial, which the comparison does not look at.
@Suite(.bounded) struct NodeMigrationTests {
  private let traffic = Traffic(events: 10, members: 3)

  @Test
  func
    `a trial stores apart and reaches nobody, the comparison finds what differs, and the queue changes hands`()
    async throws
  {
    try await withInstallation { installation in
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let client = try installation.client()
      let trial = [
        "UPDATE_WORKER_QUEUE": "\(installation.topology.queue)_trial",
        "RABBITMQ_UPDATES_EXCHANGE": "\(installation.topology.updatesExchange)_trial",
        "UPDATE_WORKER_UPDATES_COLLECTION": "updates_trial",
      ]
      let old = try installation.startWorker()
      let new = try installation.startWorker(changing: trial)
      try await old.isReady()
      try await new.isReady()

      // 1. Side by side.
      try client.publish(
        traffic.events(count: 8), to: installation.topology.eventsExchange, "dialog.update.t")
      func marked(_ collection: String) throws -> Int {
        try installation.database.records(of: collection).count { $0["published"]?.bool == true }
      }
      try await until("both have made their updates") {
        try marked("updates") == 24 && marked("updates_trial") == 24
      }
      #expect(try client.count(installation.tap) == 24)

      // 2. Compare.
      let folder = try TemporaryFolder()
      func compare() async throws -> (SpawnedProcess.Ending, String) {
        for (name, changes) in [("old", [:]), ("trial", trial)] {
          let listing = try installation.start(
            ["inspect", "updates", "--store", installation.mongoURI, "--limit", "0", "--json"],
            changing: changes)
          #expect(try await listing.ending() == .exited(0), "\(listing.errors)")
          try Data(listing.output.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
        }
        let output = folder.path("comparison-\(UUID())")
        let process = try SpawnedProcess(
          Repository.file("operations/compare-updates").path, ["old", "trial"], in: folder.path,
          output: output, errors: output, environment: ["PATH": "/usr/bin:/bin"])
        let ending = process.wait()
        return (
          ending, String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
        )
      }
      let (same, words) = try await compare()
      #expect(same == .exited(0), "\(words)")
      #expect(words.contains("8 events in both, 0 differences"), "\(words)")
      try installation.database.run(
        #"{"update":"updates","updates":[{"q":{"userId":"member1"},"u":{"$set":{"data.dialog.name":"x"}}}]}"#)
      try installation.database.run(
        #"{"delete":"updates_trial","deletes":[{"q":{"userId":"member2"},"limit":1}]}"#)
      let (different, differences) = try await compare()
      #expect(different == .exited(65))
      #expect(differences.contains("data.dialog.name of t/member1 dialog.update"), "\(differences)")
      #expect(differences.contains("only in old: t/member2 dialog.update"), "\(differences)")

      // 3. Switch over: events wait in the queue until the new worker takes it.
      #expect(try await new.terminate() == .exited(0), "\(new.errors)")
      #expect(try await old.terminate() == .exited(0), "\(old.errors)")
      try client.publish(
        traffic.events(from: 8, count: 1), to: installation.topology.eventsExchange, "dialog.update.t")
      let next = try installation.startWorker()
      try await until("the next worker has made its updates") { try marked("updates") == 27 }

      // 4. Go back.
      #expect(try await next.terminate() == .exited(0), "\(next.errors)")
      let back = try installation.startWorker()
      try client.publish(
        traffic.events(from: 9, count: 1), to: installation.topology.eventsExchange, "dialog.update.t")
      try await until("the old worker has made its updates") { try marked("updates") == 30 }
      #expect(try await back.terminate() == .exited(0), "\(back.errors)")
      #expect(try client.count(installation.tap) == 30)
    }
  }
}
