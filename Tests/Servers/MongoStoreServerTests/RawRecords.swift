import Pipeline
import BSON

@testable import MongoStore

extension MongoStore {
  /// Inserts records as they are, without any check.
  func insert(_ records: [String], into collection: RecordCollection) async throws {
    var slice = InsertSlice()
    for record in records { slice.append(try JSONReader.object(Array(record.utf8))) }
    let all = slice
    let failures = try await connections.run { try $0.insert(all, into: collection) }
    if let failure = failures.first { throw MongoStoreError(.refused, failure.message) }
  }

  func records(_ collection: RecordCollection) async throws -> [BSONDocument] {
    try await connections.run { client in
      var records: [BSONDocument] = []
      try client.forEach(Find(collection, filter: .empty)) { records.append($0) }
      return records
    }
  }

  func command(_ command: String) async throws -> BSONDocument {
    let command = try JSONReader.object(Array(command.utf8))
    return try await connections.run { try $0.run(command) }
  }
}

extension MongoStore {
  /// Another store on the same database, as a second run of the program opens it.
  convenience init(sharing other: MongoStore) {
    self.init(other.configuration)
  }
}
