import BSON
import Foundation
import Maintenance
import Pipeline
import ScriptedEnds
import Testing
import Updates

/// What is said of the events and updates that are stored, and the way of one event through the planner.
@Suite struct DataCheckTests {
  private static let now = Date(timeIntervalSince1970: 1_790_000_000)
  private static let id = "64b000000000000000000001"
  private static let legacyId = "00112233445566778899aabb"

  private func facts(_ archive: DatabaseFacts.Archive? = nil, unpublished age: Double? = nil) -> DatabaseFacts
  {
    var facts = DatabaseFacts(
      location: "db/chat3", database: "chat3", isLocal: true, transport: TransportFacts(isEncrypted: false),
      writeConcern: .majority)
    facts.archive = archive.map { .known($0) }
    facts.oldestUnpublished = .known(age.map { Self.now.timeIntervalSince1970 * 1000 - $0 })
    return facts
  }

  private func finding(
    _ check: String, _ facts: DatabaseFacts, trial: TrialRun.Outcome? = nil
  ) throws -> Finding {
    let findings = DataCheck.findings(facts, trial: trial, now: Self.now).filter { $0.check == check }
    #expect(findings.count == 1)
    return try #require(findings.first)
  }

  private func event(_ fields: String) throws -> BSONDocument {
    try JSONReader.object(Array(#"{"tenantId":"t","eventType":"dialog.update",\#(fields)}"#.utf8))
  }

  private func key(_ id: String) throws -> EventKey {
    EventKey(tenantId: Identifier("t"), eventId: try #require(ObjectId(id)))
  }

  @Test(arguments: [
    (nil, Finding.Severity.ok, "Every stored update"), (60_000, .ok, "60 s old"),
    (600_000, .warning, "10 min old"), (3 * 86_400_000, .failure, "3 days old"),
  ])
  func `the longer an update waits, the worse it is`(
    age: Double?, severity: Finding.Severity, words: String
  ) throws {
    let finding = try finding("unpublished updates", facts(unpublished: age))
    #expect(finding.severity == severity)
    #expect(finding.sentence.contains(words), "\(finding.sentence)")
  }

  @Test func `updates under another identity than their event's are told`() throws {
    let named = try event(#""_id":"\#(Self.id)","eventId":"evt_\#(Self.legacyId)ccddeeff""#)
    let own = DatabaseFacts.Archive(events: [named], identitiesWithUpdates: [try key(Self.id)])
    #expect(try finding("identities", facts(own)).severity == .ok)
    #expect(try finding("identities", facts(own)).sentence.contains("1 of the 1 newest events have an evt_"))
    let foreign = DatabaseFacts.Archive(events: [named], identitiesWithUpdates: [try key(Self.legacyId)])
    let told = try finding("identities", facts(foreign))
    #expect(told.severity == .warning)
    #expect(told.sentence.contains("stored under eventId, not under _id"))
    #expect(told.remedy?.contains("backfill would make them a second time") == true)
    let unusable = DatabaseFacts.Archive(events: [try event(#""_id":"evt_1""#)])
    #expect(try finding("identities", facts(unusable)).sentence.contains("no identity"))
  }

  @Test func `the age of the newest event is told, also from a clock that is ahead`() throws {
    let now = Self.now.timeIntervalSince1970 * 1000
    let old = DatabaseFacts.Archive(events: [
      try event(#""_id":"\#(Self.id)","createdAt":\#(now - 7_200_000)"#)
    ])
    #expect(try finding("events", facts(old)).sentence == "The newest event is 2 h old.")
    let early = DatabaseFacts.Archive(events: [try event(#""_id":"\#(Self.id)","createdAt":\#(now + 5000)"#)])
    #expect(try finding("events", facts(early)).sentence.contains("5 s from now"))
    #expect(try finding("events", facts(DatabaseFacts.Archive(events: []))).severity == .warning)
  }

  @Test func `an event goes the whole way and leaves nothing behind`() async throws {
    let directory = ScriptedDirectory { $0.join(["u1", "u2"], "d") }
    let record = try ScriptedEvent.dialogUpdate(1).header.document
    #expect(await TrialRun(directory).run(record) == .updates([.dialog: 2], isCut: false))
    let archive = DatabaseFacts.Archive(events: [record], trial: record)
    let said = try finding("dry run", facts(archive), trial: .updates([.dialog: 2], isCut: false))
    #expect(said.sentence.contains("makes 2 updates (2 DialogUpdate); nothing was stored or sent"))
  }

  @Test func `of a large dialog the trial reads no more than it needs`() async throws {
    let users = (0..<TrialRun.mostUpdates * 3).map { "u\($0)" }
    let directory = ScriptedDirectory { $0.join(users, "d") }
    let outcome = await TrialRun(directory).run(try ScriptedEvent.dialogUpdate(1).header.document)
    guard case .updates(let counts, isCut: true) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect((TrialRun.mostUpdates..<users.count).contains(counts[.dialog] ?? 0))
  }

  @Test func `a bad event and a failing server are told apart`() async throws {
    let bad = try ScriptedEvent(1, "dialog.member.update", data: #"{"dialog":{"dialogId":"d"}}"#)
    guard case .bad(let reason) = await TrialRun(ScriptedDirectory()).run(bad.header.document) else {
      Issue.record("the event is taken for a good one")
      return
    }
    let archive = DatabaseFacts.Archive(events: [bad.header.document], trial: bad.header.document)
    let said = try finding("dry run", facts(archive), trial: .bad(reason))
    #expect(said.severity == .warning)
    #expect(said.sentence.contains(bad.id.description))
    #expect(try finding("dry run", facts(archive), trial: .failed("It is down.")).severity == .failure)
  }
}
