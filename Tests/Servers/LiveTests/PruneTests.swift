import RabbitBroker
import TestTraits
import BSON
import Foundation
import LiveHarness
import TestServers
import Testing
import Updates

/// `prune` deletes old published updates, and nothing else.
@Suite(.bounded) struct PruneTests {
  private func prune(_ installation: Installation, _ flags: String...) async throws -> (
    SpawnedProcess.Ending, String
  ) {
    let process = try installation.start(["prune"] + flags)
    let ending = try await process.ending(within: .seconds(90))
    return (ending, process.errors)
  }

  /// Makes updates older by some hours.
  private func age(_ updates: [StoredUpdate], by hours: Double, in installation: Installation) throws {
    for update in updates {
      try installation.database.set(#"{"createdAt":\#(update.createdAt - hours * 3_600_000)}"#, in: update)
    }
  }

  @Test func `old published updates are deleted; young and unpublished ones and those of other tenants stay`()
    async throws
  {
    try await withInstallation { installation in
      try await Recording.play("support-chat", to: installation)
      try await Recording.play("membership", to: installation)
      let all = try await installation.storedUpdates()
      let club = all.filter { $0.tenantId.string == "tnt_club" }
      let shop = all.filter { $0.tenantId.string != "tnt_club" }
      let (young, unpublished) = (Array(shop.prefix(10)), Array(shop.dropFirst(10).prefix(10)))
      try age(
        Array(all.dropFirst(10)) + club.filter { update in young.contains { $0.id == update.id } }, by: 800,
        in: installation)
      try installation.database.unmark(unpublished)
      let (kept, gone) = (Set((young + unpublished + club).map(\.id)), shop.count - 20)

      let dryRun = try await prune(
        installation, "--older-than", "30d", "--tenant", "tnt_teashop", "--dry-run")
      #expect(dryRun.0 == .exited(0) && dryRun.1.contains("to delete       \(gone)\n"), "\(dryRun.1)")
      #expect(try installation.database.updates() == all.count)
      let unlikely = try await prune(installation, "--older-than", "30d", "--tenant", #"{"$ne":null}"#)
      #expect(unlikely.0 == .exited(0) && unlikely.1.contains("deleted         0\n"), "\(unlikely.1)")
      let result = try await prune(installation, "--older-than", "30d", "--tenant", "tnt_teashop")
      #expect(result.0 == .exited(0) && result.1.contains("deleted         \(gone)\n"), "\(result.1)")
      #expect(Set(try await installation.storedUpdates().map(\.id)) == kept)
      let rest = try await prune(installation, "--older-than", "30d")
      #expect(rest.1.contains("deleted         \(club.count)\n"), "\(rest.1)")
    }
  }

  @Test func `prune does not disturb a worker, and the same command completes a prune that was stopped`()
    async throws
  {
    try await withInstallation(isBusy: true) { installation in
      let (old, new) = (Traffic(events: 400, members: 10), Traffic(events: 600, members: 10))
      try installation.database.insert(old.records, into: "dialogmembers")
      let client = try installation.client()
      let worker = try installation.startWorker()
      try client.publish(old.events(), to: installation.topology.eventsExchange, "e.t")
      try await until("the old ones are there") { try installation.database.updates(published: true) == 4000 }
      try installation.database.run(
        #"{"update":"updates","updates":[{"q":{},"u":{"$set":{"createdAt":1000.5}},"multi":true}]}"#)
      try client.publish(new.events(from: 400), to: installation.topology.eventsExchange, "e.t")
      let stopped = try installation.start(["prune", "--older-than", "2h"])
      try await until("some are gone") { try installation.count(old: true) < 4000 }
      stopped.send(SIGTERM)
      let ending = try await stopped.ending()
      let left = try installation.count(old: true)
      #expect(ending == .killed(SIGTERM) || (left == 0 && ending == .exited(0)), "\(stopped.errors)")
      #expect(try await prune(installation, "--older-than", "2h").0 == .exited(0))
      try await until("the worker is done") { try installation.count(old: false) == 2000 }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      #expect(!worker.errors.contains("waiting for a server"), "\(worker.errors)")
      #expect(try installation.count(old: true) == 0)
      #expect(try await installation.storedUpdates().allSatisfy { $0.isPublished })
    }
  }

  @Test(arguments: ["1h", "119m", "0d", "30"])
  func `an age under two hours exits with 64, because such an event could still be redelivered`(age: String)
    async throws
  {
    try await withInstallation { installation in
      let result = try await prune(installation, "--older-than", age)
      #expect(result.0 == .exited(64), "\(result.1)")
    }
  }
}

extension Installation {
  fileprivate func count(old: Bool) throws -> Int {
    let filter = old ? #"{"createdAt":1000.5}"# : #"{"createdAt":{"$gt":1000.5}}"#
    return Int(try database.run(#"{"count":"updates","query":\#(filter)}"#)["n"]?.number ?? 0)
  }
}
