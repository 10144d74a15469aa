import BSON

@testable import MongoStore

extension MongoStore {
  /// Inserts records as they are, fast and past all checks.
  func insert(_ records: [String], into collection: String) async throws {
    var batch = InsertBatch()
    for record in records { batch.append(try JSONReader.object(Array(record.utf8))) }
    let all = batch
    let failures = try await workers.run { try $0.insert(all, into: collection) }
    if let failure = failures.first { throw StoreError(.refused, failure.message) }
  }

  /// The records of a collection.
  func records(_ collection: String) async throws -> [BSONDocument] {
    try await workers.run { client in
      var records: [BSONDocument] = []
      try client.forEach(Find(collection, filter: .empty)) { records.append($0) }
      return records
    }
  }

  /// Runs a command on the database.
  func command(_ command: String) async throws -> BSONDocument {
    let command = try JSONReader.object(Array(command.utf8))
    return try await workers.run { try $0.run(command) }
  }
}

extension MongoStore {
  /// Another store on the same database, as a second run has it.
  convenience init(sharing other: MongoStore) {
    self.init(other.configuration)
  }
}
