import BSON
import Foundation
import Maintenance
import Pipeline
import Testing
import Updates

/// What is said of a database, from facts alone.
@Suite struct DatabaseCheckTests {
  private static let now = Date(timeIntervalSince1970: 1_790_000_000)

  /// What ails the database; each case breaks one thing in a sound one.
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let check: String
    let severity: Finding.Severity
    let words: [String]
    let harm: @Sendable (inout DatabaseFacts) -> Void

    init(
      _ name: String, _ check: String, _ severity: Finding.Severity, _ words: [String],
      _ harm: @escaping @Sendable (inout DatabaseFacts) -> Void
    ) {
      testDescription = name
      self.check = check
      self.severity = severity
      self.words = words
      self.harm = harm
    }
  }

  private static func sound() -> DatabaseFacts {
    var facts = DatabaseFacts(
      location: "db:27017/chat3", database: "chat3", isLocal: false,
      transport: TransportFacts(
        isEncrypted: true,
        certificates: [.init(server: "db:27017", end: .known(now.addingTimeInterval(90 * 86_400)))]),
      writeConcern: .majority)
    facts.version = .known("7.0.5")
    facts.clockLead = .known(0.2)
    facts.access = .known(
      .privileges([
        DatabasePrivilege(
          database: "chat3", collection: "updates", actions: ["find", "insert", "update", "createIndex"])
      ]))
    for collection in RecordCollection.allCases {
      facts.readable[collection] = .known(true)
      facts.indexes[collection] = .known([DatabaseIndex(["_id"])] + (indexes[collection] ?? []))
    }
    return facts
  }

  /// As existing installations have them.
  private static let indexes: [RecordCollection: [DatabaseIndex]] = [
    .dialogmembers: [DatabaseIndex(["dialogId", "tenantId"]), DatabaseIndex(["userId", "tenantId"])],
    .users: [DatabaseIndex(["userId", "tenantId"])],
    .messages: [DatabaseIndex(["messageId"]), DatabaseIndex(["tenantId", "dialogId", "createdAt"])],
    .messagestatuses: [DatabaseIndex(["tenantId", "messageId", "createdAt"])],
    .metas: [DatabaseIndex(["tenantId", "entityType", "entityId", "key"])],
    .events: [DatabaseIndex(["createdAt", "_id"])],
    .updates: [
      DatabaseIndex(["tenantId", "userId", "createdAt"]), DatabaseIndex(["tenantId", "eventId"]),
      DatabaseIndex(["createdAt"], isPartial: true, isOfUnpublished: true),
    ],
  ]

  private static func certificate(days: Double) -> TransportFacts {
    TransportFacts(
      isEncrypted: true,
      certificates: [.init(server: "db:27017", end: .known(now.addingTimeInterval(days * 86_400)))])
  }

  static let cases: [Case] = [
    Case("old version", "version", .failure, ["4.2.24", "too old", "4.4 or later"]) {
      $0.version = .known("4.2.24")
    },
    Case("a version that is none", "version", .warning, ["\"head\""]) { $0.version = .known("head") },
    Case("clock ahead", "clock", .warning, ["2.5 s ahead of", "NTP"]) { $0.clockLead = .known(2.5) },
    Case("clock far behind", "clock", .failure, ["45.0 s behind"]) { $0.clockLead = .known(-45) },
    Case("w=1", "write concern", .warning, ["w=1", "Remove w"]) { $0.writeConcern = .members(1) },
    Case("w=0", "write concern", .failure, ["w=0"]) { $0.writeConcern = .members(0) },
    Case("not encrypted", "TLS", .warning, ["not encrypted", "MONGODB_URI"]) {
      $0.transport = TransportFacts(isEncrypted: false)
    },
    Case("not verified", "TLS", .warning, ["not verified"]) { $0.transport.verifiesServer = false },
    Case("certificate over", "certificate", .failure, ["db:27017", "ended on", "Renew"]) {
      $0.transport = certificate(days: -0.5)
    },
    Case("certificate nearly over", "certificate", .warning, ["in 29 days"]) {
      $0.transport = certificate(days: 29.9)
    },
    Case("no certificate seen", "certificate", .warning, ["cannot be read: the TLS handshake fails"]) {
      $0.transport.certificates = [.init(server: "db:27017", end: .failed("the TLS handshake fails"))]
    },
    Case("out of reach", "reachable", .failure, ["cannot be reached"]) {
      $0.unreachable = "MongoDB at db:27017 cannot be reached."
    },
    Case("gone meanwhile", "reachable", .failure, ["stopped answering while doctor looked", "lost"]) {
      $0.interruption = "The connection was lost."
    },
    Case("users cannot be read", "rights", .failure, ["find in users", "chat3UpdateWorker"]) {
      $0.readable[.users] = .refused("not authorized")
    },
    Case("no insert", "rights", .failure, ["insert in updates"]) {
      $0.access = .known(
        .privileges([
          DatabasePrivilege(database: "chat3", collection: "updates", actions: ["update", "createIndex"]),
          DatabasePrivilege(database: "other", collection: "", actions: ["insert"]),
          DatabasePrivilege(database: "chat3", collection: "users", actions: ["insert"]),
          DatabasePrivilege(database: nil, collection: "", actions: ["insert"]),
        ]))
    },
    Case("rights untold", "rights", .warning, ["does not tell", "docs/security.md"]) {
      $0.access = .failed("no such command")
    },
    Case("rights not listed", "rights", .warning, ["does not list", "docs/security.md"]) {
      $0.access = .known(.privileges([]))
    },
    Case("a look-up without an answer", "rights", .warning, ["Whether metas can be read is not known"]) {
      $0.readable[.metas] = .failed("no answer")
    },
    Case("no collection", "collections", .warning, ["no dialogmembers yet", "another database"]) {
      $0.indexes[.dialogmembers] = .known([])
    },
    Case("indexes untold", "indexes", .warning, ["indexes of metas cannot be told: no answer"]) {
      $0.indexes[.metas] = .failed("no answer")
    },
    Case(
      "a partial index", "indexes", .failure, ["users", "userId", "createIndex({ userId: 1, tenantId: 1 })"]
    ) {
      $0.indexes[.users] = .known([DatabaseIndex(["userId", "tenantId"], isPartial: true)])
    },
    Case("an index that begins with another field", "indexes", .failure, ["messagestatuses", "messageId"]) {
      $0.indexes[.messagestatuses] = .known([DatabaseIndex(["tenantId", "userId", "messageId"])])
    },
    Case("an index without the time", "indexes", .failure, ["messages", "dialogId and createdAt"]) {
      $0.indexes[.messages] = .known([DatabaseIndex(["messageId"]), DatabaseIndex(["tenantId", "dialogId"])])
    },
    Case("updates without its indexes", "indexes of updates", .warning, ["published and createdAt"]) {
      $0.indexes[.updates] = .known(Array((indexes[.updates] ?? []).prefix(2)))
    },
    Case(
      "the worker's index under another name", "indexes of updates", .failure,
      ["dropIndex(\"mine\")", "eventId"]
    ) {
      $0.indexes[.updates] = .known(
        (indexes[.updates] ?? []) + [DatabaseIndex(["tenantId", "eventId"], name: "mine")])
    },
    Case("another index under the worker's name", "indexes of updates", .failure, ["unpublished_createdAt_1"])
    {
      $0.indexes[.updates] = .known(
        (indexes[.updates] ?? []) + [DatabaseIndex(["createdAt"], name: "unpublished_createdAt_1")])
    },
    Case("events without its index", "index of events", .warning, ["createdAt: 1, _id: 1"]) {
      $0.indexes[.events] = .known([DatabaseIndex(["_id"])])
    },
  ]

  @Test func `a sound database gets no warning`() {
    let findings = DatabaseCheck.findings(Self.sound(), now: Self.now)
    #expect(findings.filter { $0.severity != .ok } == [])
    #expect(Set(findings.map(\.check)).count >= 9)
  }

  @Test(arguments: cases) func `what is broken is said, with the remedy, and nothing else`(_ broken: Case) {
    var facts = Self.sound()
    broken.harm(&facts)
    let findings = DatabaseCheck.findings(facts, now: Self.now).filter { $0.severity != .ok }
    #expect(findings.map(\.check) == [broken.check], "\(findings)")
    #expect(findings.first?.severity == broken.severity)
    let text = findings.map { "\($0.sentence) \($0.remedy ?? "")" }.joined()
    for word in broken.words { #expect(text.contains(word), "\(text)") }
  }

  @Test func `the fields before the time may stand in any order`() {
    for fields in [["tenantId", "dialogId", "createdAt"], ["dialogId", "tenantId", "createdAt"]] {
      var facts = Self.sound()
      facts.indexes[.messages] = .known([DatabaseIndex(["messageId", "x"]), DatabaseIndex(fields)])
      facts.indexes[.metas] = .known([DatabaseIndex(["entityId"])])
      facts.indexes[.updates] = .known([
        DatabaseIndex(["userId", "tenantId", "createdAt"]), DatabaseIndex(["eventId"]),
        DatabaseIndex(["published", "createdAt"]),
      ])
      let findings = DatabaseCheck.findings(facts, now: Self.now)
      #expect(findings.filter { $0.severity != .ok } == [])
    }
  }
}
