import TestTraits
import Maintenance
import BSON
import LiveHarness
import MongoStore
import Pipeline
import SpecModel
import TestServers
import Testing
import Updates

/// `verify` reports exactly what is wrong with the stored updates; `--repair` corrects statistics.
@Suite(.bounded) struct VerifyTests {
  private struct Verification {
    let ending: SpawnedProcess.Ending
    let differences: [JSON]
    let words: String

    /// Kind and `_id` of each difference.
    var found: Set<String> {
      Set(differences.map { "\($0["difference"]?.text ?? "?") \($0["updateId"]?.text ?? "?")" })
    }
  }

  private func verify(_ installation: Installation, _ flags: String...) async throws -> Verification {
    let process = try installation.start(["verify", "--since", "2025-01-01", "--json"] + flags)
    let ending = try await process.ending(within: .seconds(90))
    return Verification(
      ending: ending,
      differences: try process.output.split(separator: "\n").map { try JSON.parse(String($0)) },
      words: process.errors)
  }

  private func name(_ kind: String, _ update: StoredUpdate) -> String { name(kind, update.id) }
  private func name(_ kind: String, _ id: ObjectId) -> String { "\"\(kind)\" \"\(id)\"" }

  /// Fixtures, each with the users whose last statistics are outdated because a membership changed without an
  /// event.
  private static let recordings: [(String, Set<String>)] = [
    ("support-chat", []), ("membership", ["fay"]), ("legacy-producers", []), ("two-tenants", []),
    ("lagging-burst", []), ("group-of-200", []),
  ]

  @Test(arguments: recordings)
  func `there is nothing to report after an undisturbed live run`(fixture: String, changed: Set<String>)
    async throws
  {
    try await withInstallation(isBusy: !["support-chat", "two-tenants"].contains(fixture)) { installation in
      try await Recording.play(fixture, to: installation)
      let result = try await verify(installation)
      #expect(
        Set(result.differences.map { "\($0["difference"]?.text ?? "") \($0["userId"]?.text ?? "")" })
          == Set(changed.map { #""statistics" "\#($0)""# }),
        "\(result.differences.map(\.text)) \(result.words)")
      #expect(result.ending == .exited(changed.isEmpty ? 0 : 65), "\(result.words)")
    }
  }

  @Test func `it reports exactly what is wrong; backfill and --repair correct what can be corrected`()
    async throws
  {
    try await withInstallation { installation in
      try await Recording.play("support-chat", to: installation)
      let all = try await installation.storedUpdates().filter { $0.userId.string == "maria" }
      let ordinary = all.filter { $0.eventType != "user.stats.update" }
      let last = try #require(all.last(where: { $0.eventType == "user.stats.update" }))
      let (lost, unpublished) = (Array(ordinary[0...2]), Array(ordinary[3...4]))
      let (changed, rerouted) = (ordinary[5], ordinary[6])
      let database = installation.database
      try database.set(#"{"data.context.eventType":"dialog.delete"}"#, in: changed)
      try database.set(#"{"routingKey":"update.dialog.contact.olga.dialogupdate"}"#, in: rerouted)
      let typing = try #require(ordinary.first { $0.type == .typing })
      let typist = Identifier(
        try #require(typing.document.document("data")?.document("typing")?["userId"]?.string))
      let surplus = UpdateIdentity.id(
        tenantId: typing.tenantId, eventId: typing.eventId, userId: typist, type: .typing)
      try database.copy(typing, as: surplus, for: typist.string)
      try database.set(#"{"data.user.stats.dialogCount":7}"#, in: last)
      try database.remove(lost)
      try database.unmark(unpublished)

      let first = try await verify(installation)
      #expect(first.ending == .exited(65))
      let expected =
        lost.map { name("missing", $0) } + unpublished.map { name("unpublished", $0) }
        + [
          name("content", changed), name("content", rerouted), name("unexpected", surplus),
          name("statistics", last),
        ]
      #expect(first.found == Set(expected), "\(first.differences.map(\.text))")

      let backfill = try installation.start(["backfill", "--since", "2025-01-01"])
      #expect(try await backfill.ending() == .exited(0), "\(backfill.errors)")
      let repaired = try await verify(installation, "--repair")
      #expect(repaired.ending == .exited(65), "changed content is reported but not repaired")
      #expect(repaired.words.contains("repaired        1\n"), "\(repaired.words)")
      let second = try await verify(installation)
      #expect(
        second.found == [
          name("content", changed), name("content", rerouted), name("unexpected", surplus),
        ], "\(second.words)")
    }
  }

  @Test func `a correction is stored, published and marked once, with both fields`() async throws {
    try await withInstallation { installation in
      try await Recording.play("support-chat", to: installation)
      let client = try installation.client()
      _ = try client.drain(installation.tap)
      let before = try await installation.storedUpdates()
      let wrong = try #require(
        before.last { $0.eventType == "user.stats.update" && $0.userId.string == "olga" })
      try installation.database.set(#"{"data.user.stats.unreadDialogsCount":9}"#, in: wrong)
      for _ in 1...2 { #expect(try await verify(installation, "--repair").ending == .exited(0)) }
      let after = try await installation.storedUpdates()
      let correction = try #require(after.last)
      #expect(after.count == before.count + 1 && correction.isPublished)
      #expect(correction.eventId.description.hasPrefix("00000000") && correction.userId.string == "olga")
      let context = try #require(correction.document.document("data")?.document("context"))
      #expect(
        context["updatedFields"]?.array?.compactMap(\.string) == [
          "user.stats.dialogCount", "user.stats.unreadDialogsCount",
        ])
      #expect(try client.drain(installation.tap).map(\.messageId) == [correction.id.description])

      // As after a kill between storing and publishing: the next repair publishes it, under the same id.
      try installation.database.unmark([correction])
      #expect(try await verify(installation).found == [name("unpublished", correction)])
      #expect(try await verify(installation, "--repair").ending == .exited(0))
      #expect(try client.drain(installation.tap).map(\.messageId) == [correction.id.description])
      #expect(try await installation.storedUpdates().count == after.count)
    }
  }

  @Test
  func `updates of another program count, duplicates are reported, and users who have left are not missed`()
    async throws
  {
    try await withInstallation { installation in
      try await Recording.play("support-chat", to: installation)
      let database = installation.database
      try database.run(
        #"{"delete":"updates","deletes":[{"q":{"userId":"shop_bot","eventType":"message.create"},"limit":0}]}"#
      )
      let update = try #require(
        try await installation.storedUpdates().first { $0.eventType == "dialog.create" })
      for number in 1...2 {
        try database.copy(update, as: try #require(ObjectId("64b00000000000000000000\(number)")))
      }
      try database.remove([update])
      let result = try await verify(installation)
      #expect(
        result.differences.map { $0["difference"] } == ["duplicate"], "\(result.differences.map(\.text))")
      #expect(result.words.contains("not by this one 2\n"), "\(result.words)")
      let backfill = try installation.start(["backfill", "--since", "2025-01-01"])
      #expect(try await backfill.ending() == .exited(0))
      #expect(backfill.errors.contains("updates made    0\n"), "\(backfill.errors)")
    }
  }

  @Test func `it finds the same differences however small its slices are`() async throws {
    try await withInstallation(isBusy: true) { installation in
      try await Recording.play("group-of-200", to: installation)
      let all = try await installation.storedUpdates()
      let lost = all.enumerated().filter { $0.offset % 23 == 7 && $0.element.type != .userStats }.map(
        \.element)
      try installation.database.remove(lost)
      let range = EventRange(tenantId: nil, since: 0, until: nil)
      let store = installation.store
      let audit = EventAudit(
        store, store, history: try await MembershipHistory.read(store, in: range), mostMembers: 50)
      let source = ArchivedEventSource(store, range: range)
      try await source.connect()
      var found: [Difference] = []
      let counts = try await audit.examine(try await source.next(limit: 100)) {
        found.append($0)
      }
      #expect(found.allSatisfy { $0.kind == .missing } && found.count == lost.count)
      #expect(Set(found.compactMap(\.updateId)) == Set(lost.map(\.id)))
      #expect(counts.updates == all.count - lost.count)
    }
  }

  @Test func `what was found is kept, of each scope the last`() async throws {
    try await withInstallation { installation in
      let traffic = Traffic(events: 3)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      try await installation.archive(traffic.events())
      let store = MongoStore(try MongoConfiguration(uri: installation.mongoURI))
      #expect(try await store.lastVerification() == nil)
      for _ in 1...2 { _ = try await verify(installation) }
      let all = try #require(try await store.lastVerification())
      #expect(all.tenantId == nil && all.events == 3 && all.differences == ["missing": 6])
      #expect(all.since == 1_735_689_600_000 && all.repaired == 0)
      _ = try await verify(installation, "--tenant", "nobody")
      let nobody = try #require(try await store.lastVerification())
      #expect(nobody.tenantId == "nobody" && nobody.events == 0 && nobody.differences.isEmpty)
      #expect(nobody.finishedAt > all.finishedAt)
      let kept = try installation.database.run(#"{"find":"update_worker_verifications"}"#)
      #expect(kept.document("cursor")?["firstBatch"]?.array?.count { _ in true } == 2)
      await store.close()
    }
  }

  @Test(arguments: [#"{"$ne":null}"#, #"t","$ne":"x"#, "t.$where", "*", "é"])
  func `tenants are kept apart, whatever they are called`(tenant: String) async throws {
    try await withInstallation { installation in
      let traffic = Traffic(events: 3)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      try await installation.archive(traffic.events())
      let result = try await verify(installation, "--tenant", tenant)
      #expect(result.ending == .exited(0) && result.differences == [], "\(result.words)")
      let theirs = try await verify(installation, "--tenant", "t")
      #expect(theirs.ending == .exited(65) && theirs.differences.count == 6, "\(theirs.words)")
    }
  }
}
