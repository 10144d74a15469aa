import BSON
package import Maintenance

extension MongoStore: WorkJournal {
  /// The only collection besides `updates` that is this program's own: one small document for each tenant that was
  /// verified by itself, and one for all tenants together.
  static let verifications = "update_worker_verifications"

  // A replay into a database keeps nothing; what it has made is among what others have.
  package func lastReplay() async throws -> ReplayRecord? { nil }

  package func lastVerification() async throws -> VerificationRecord? {
    var command = BSONWriter()
    command.append("find", Self.verifications)
    command.open("sort")
    command.append("finishedAt", Int64(-1))
    command.close()
    command.append("limit", Int64(1))
    command.append("singleBatch", true)
    command.append("maxTimeMS", Int64(500))
    let find = command.finish()
    return try await connections.run { client in
      let answer = try client.run(find, needing: Privilege("find", named: Self.verifications))
      let record = answer.document("cursor")?["firstBatch"]?.array?.lazy.compactMap(\.document).first
      return record.flatMap(VerificationRecord.init)
    }
  }
}

extension MongoStore: VerificationJournal {
  package func note(_ verification: VerificationRecord) async throws {
    var command = BSONWriter()
    command.append("update", Self.verifications)
    command.open("updates", as: .array)
    command.open("0")
    command.open("q")
    command.append("_id", verification.tenantId ?? "")
    command.close()
    command.append("u", verification.document)
    command.append("upsert", true)
    command.close()
    command.close()
    let update = command.finish()
    try await connections.run { client in
      let answer = try client.run(update, needing: Privilege("update", named: Self.verifications))
      if let failure = WriteFailure.all(in: answer).first ?? WriteFailure.ofWriteConcern(in: answer) {
        throw client.error(failure)
      }
    }
  }
}
