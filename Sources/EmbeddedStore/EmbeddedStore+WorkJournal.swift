import BSON
import GRDB
package import Maintenance

extension EmbeddedStore: WorkJournal {
  package func lastReplay() async throws -> ReplayRecord? {
    try await read { db in
      // An earlier version has made no such column, and a store that is opened for reading stays as it is.
      guard try db.columns(in: "runs").contains(where: { $0.name == "record" }) else { return nil }
      let row = try Row.fetchOne(
        db, sql: "SELECT record FROM runs WHERE record IS NOT NULL ORDER BY id DESC LIMIT 1")
      return try row.flatMap { ReplayRecord(try $0.document(0)) }
    }
  }

  // What is verified is a database with the API's own copies of the events.
  package func lastVerification() async throws -> VerificationRecord? { nil }
}

extension EmbeddedStore: ReplayJournal {
  package func note(_ replay: ReplayRecord) async throws {
    let run = run
    try await write { db in
      try db.execute(
        sql: "UPDATE runs SET record = ? WHERE id = ?", arguments: [replay.document.databaseValue, run])
    }
  }
}
