package import Foundation
import Pipeline

/// Judges how a database stands. Pure: facts in, findings out.
package enum DatabaseCheck {
  /// The oldest version whose commands the worker speaks.
  static let leastVersion = "4.4"
  /// Seconds by which clocks may differ before the times in updates mislead.
  static let clockWarning = 1.0
  /// Seconds by which clocks may differ before the sweeps take fresh updates for old ones.
  static let clockFailure = 30.0

  package static func findings(_ facts: DatabaseFacts, now: Date) -> [Finding] {
    var findings = FindingList(.database)
    findings.reach(
      "MongoDB", at: facts.location, unreachable: facts.unreachable, version: facts.version,
      least: leastVersion)
    findings.add(
      TransportCheck.findings(
        facts.transport, .database, setting: "MONGODB_URI", isLocal: facts.isLocal, now: now))
    writeConcern(facts.writeConcern, &findings)
    clock(facts.clockLead, &findings)
    rights(facts, &findings)
    indexes(facts, &findings)
    findings.interrupted("MongoDB", facts.interruption)
    return findings.all
  }

  private static func writeConcern(
    _ concern: DatabaseFacts.WriteConcern, _ findings: inout FindingList
  ) {
    let remedy = "Remove w from MONGODB_URI; the worker then asks for the majority."
    switch concern {
    case .majority: findings.ok("write concern", "A write counts once the majority of members has it.")
    case .rule(let name):
      findings.ok("write concern", "A write counts as the rule \"\(name)\" of the replica set says.")
    case .members(0):
      findings.fail(
        "write concern", "MONGODB_URI sets w=0, which leaves unknown whether an update was stored.",
        remedy: remedy)
    case .members(1):
      findings.warn(
        "write concern",
        "MONGODB_URI sets w=1: when a replica set changes its primary, updates that were published may be lost.",
        remedy: remedy)
    case .members(let count):
      findings.ok("write concern", "A write counts once \(count) members have it.")
    }
  }

  private static func clock(_ lead: Answer<Double>?, _ findings: inout FindingList) {
    switch lead {
    case nil: break
    case .refused(let reason), .failed(let reason):
      findings.warn("clock", "MongoDB does not tell its time: \(reason).")
    case .known(let seconds):
      let size = abs(seconds)
      if size <= clockWarning {
        findings.ok("clock", "The clocks of MongoDB's server and of this machine agree.")
        return
      }
      let sentence =
        "The clock of MongoDB's server is \(String(format: "%.1f", size)) s "
        + "\(seconds > 0 ? "ahead of" : "behind") that of this machine."
      let remedy = "Let both keep their time by NTP."
      if size > clockFailure {
        findings.fail("clock", sentence, remedy: remedy)
      } else {
        findings.warn("clock", sentence, remedy: remedy)
      }
    }
  }
}

// MARK: - Rights

extension DatabaseCheck {
  /// What docs/security.md gives the worker: `find` in the collections of the state, and these in `updates`.
  private static let writing = ["insert", "update", "createIndex"]
  private static let ofWorker: [RecordCollection] =
    RecordCollection.allCases.filter { $0 != .events }

  private static func rights(_ facts: DatabaseFacts, _ findings: inout FindingList) {
    var missing: [String] = []
    var untold: [String] = []
    for collection in ofWorker {
      switch facts.readable[collection] {
      case nil: break
      case .known: break
      case .refused: missing.append("find in \(collection.rawValue)")
      case .failed(let reason):
        untold.append(collection.rawValue)
        findings.warn("rights", "Whether \(collection.rawValue) can be read is not known: \(reason).")
      }
    }
    switch facts.access {
    case nil: return
    case .refused(let reason), .failed(let reason):
      untold += writing
      findings.warn(
        "rights", "MongoDB does not tell the user's rights to write: \(reason).",
        remedy: "Compare the user's roles with docs/security.md.")
    case .known(.open): break
    // A user without any right could not read either, so the server has only not listed them.
    case .known(.privileges([])) where missing.isEmpty:
      untold += writing
      findings.warn(
        "rights", "MongoDB does not list the user's rights to write.",
        remedy: "Compare the user's roles with docs/security.md.")
    case .known(.privileges(let privileges)):
      for action in writing
      where !privileges.contains(where: { $0.allows(action, on: "updates", of: facts.database) }) {
        missing.append("\(action) in updates")
      }
    }
    for right in missing {
      findings.fail(
        "rights", "MongoDB does not permit the worker's user to \(right).",
        remedy: "Give the user the role chat3UpdateWorker as in docs/security.md.")
    }
    if missing.isEmpty, untold.isEmpty {
      if case .known(.open) = facts.access {
        findings.ok("rights", "MongoDB asks for no user, so the worker may do all that it has to.")
      } else {
        findings.ok("rights", "The user has all rights that the worker needs.")
      }
    }
    if case .refused = facts.readable[.events] {
      findings.ok(
        "rights to events",
        "The user may not read events; only inspect event, verify and backfill need that.")
    }
  }
}

// MARK: - Indexes

extension DatabaseCheck {
  private static func indexes(_ facts: DatabaseFacts, _ findings: inout FindingList) {
    let absent = facts.indexes.filter { $0.value.value?.isEmpty ?? false }.keys
    // The API makes `dialogs` and the others with their first records; the worker makes `updates`.
    let expected = absent.filter { $0 != .updates }.map(\.rawValue).sorted()
    if !expected.isEmpty {
      findings.warn(
        "collections", "There is no \(expected.joined(separator: ", ")) yet.",
        remedy: "If the API has been at work, MONGODB_URI names another database than the API's.")
    }
    if absent.contains(.updates) {
      findings.ok("indexes of updates", "There is no collection updates yet; the worker makes it.")
    }
    let state = judge(IndexNeed.ofState, facts, &findings) { need, findings in
      findings.fail(
        "indexes",
        "\(need.collection.rawValue) has no index for look-ups by \(need.words), so each reads it all.",
        remedy: "db.\(need.collection.rawValue).createIndex(\(need.definition))")
    }
    if state { findings.ok("indexes", "The API's collections have the indexes that the look-ups need.") }
    for index in facts.indexes[.updates]?.value ?? [] {
      guard let name = index.name,
        let need = IndexNeed.ofUpdates.first(where: { $0.isRefused(becauseOf: index) })
      else { continue }
      findings.fail(
        "indexes of updates",
        "The index \(name) of updates keeps the worker from making its own for look-ups by \(need.words).",
        remedy: "db.updates.dropIndex(\"\(name)\"); the worker makes its index at its start.")
    }
    let updates = judge(IndexNeed.ofUpdates, facts, &findings) { need, findings in
      findings.warn(
        "indexes of updates", "updates has no index for look-ups by \(need.words).",
        remedy: "Start the worker, which makes it: db.updates.createIndex(\(need.definition))")
    }
    if updates { findings.ok("indexes of updates", "updates has its indexes.") }
    let events = judge(IndexNeed.ofEvents, facts, &findings) { need, findings in
      findings.warn(
        "index of events", "events has no index on createdAt, so verify and backfill sort all of it.",
        remedy: "db.events.createIndex(\(need.definition))")
    }
    if events { findings.ok("index of events", "events has an index on createdAt.") }
  }

  /// Judges the needs one by one; true when all were asked for and are met.
  private static func judge(
    _ needs: [IndexNeed], _ facts: DatabaseFacts, _ findings: inout FindingList,
    missing: (IndexNeed, inout FindingList) -> Void
  ) -> Bool {
    var isFine = true
    var said: Set<RecordCollection> = []
    for need in needs {
      let name = need.collection.rawValue
      let check = need.collection == .events ? "index of events" : "indexes"
      switch facts.indexes[need.collection] {
      case nil: isFine = false
      case .known(let indexes) where indexes.isEmpty:
        isFine = false
      case .known(let indexes):
        if !indexes.contains(where: need.isMet) {
          isFine = false
          missing(need, &findings)
        }
      // Whoever may not even look at the plan of a look-up may not make it: said among the rights.
      case .refused: isFine = false
      case .failed(let reason):
        isFine = false
        if said.insert(need.collection).inserted {
          findings.warn(check, "The indexes of \(name) cannot be told: \(reason).")
        }
      }
    }
    return isFine
  }
}

extension IndexNeed {
  /// The fields of the look-up, as a sentence names them.
  fileprivate var words: String {
    (equal.subtracting(["tenantId"]).sorted() + [range].compactMap { $0 }).joined(separator: " and ")
  }
}
