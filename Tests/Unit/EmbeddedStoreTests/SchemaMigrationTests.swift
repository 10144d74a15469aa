import Foundation
import GRDB
import Pipeline
import ScriptedEnds
import TestKit
import TestTraits
import Testing
import Updates

@testable import EmbeddedStore

/// What becomes of stores that earlier versions made.
@Suite(.bounded) struct SchemaMigrationTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("store.sqlite")
  }

  /// Every table and index with the SQL that made it.
  private func schema(_ path: String) throws -> [String] {
    let database = try DatabaseQueue(path: path)
    let lines = try database.read { db in
      try String.fetchAll(
        db, sql: "SELECT coalesce(sql, name) FROM sqlite_master ORDER BY type, name")
    }
    try database.close()
    return lines.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
  }

  @Test func `a store of the first version gets the index of the second`() throws {
    try FirstSchema.make(at: path)
    try EmbeddedStore.open(path).close()
    #expect(try schema(path).contains("CREATE INDEX ledger_key ON ledger (key, run DESC)"))
  }

  @Test func `a store of the first version becomes what a new one is`() throws {
    try FirstSchema.make(at: path)
    try EmbeddedStore.open(path).close()
    let new = folder.path("new.sqlite")
    try EmbeddedStore.open(new).close()
    let isOfGRDB = { (line: String) in line.contains("grdb_migrations") }
    #expect(try schema(path).filter { !isOfGRDB($0) } == schema(new).filter { !isOfGRDB($0) })
  }

  @Test func `what the first version has recorded is recalled, in its order`() async throws {
    let event = try ScriptedEvent.userUpdate(1, user: "a")
    let content = event.header.document
    try FirstSchema.make(at: path) { db in
      for updates in 1...3 { try FirstSchema.record(event.key, content: content, updates: updates, db) }
    }
    let store = try EmbeddedStore.open(path)
    var recalled: [Int?] = []
    for _ in 1...4 {
      recalled.append(try await store.recall([(event.key, content)])[event.key]?.updates)
    }
    #expect(recalled == [1, 2, 3, nil])
    try store.close()
  }

  @Test func `runs are counted on from those of the first version`() async throws {
    try FirstSchema.make(at: path)
    let store = try EmbeddedStore.open(path)
    #expect(store.run == 2)
    try store.close()
  }

  @Test func `updates of the first version are there, and are not stored again`() async throws {
    let updates = try ScriptedEvent.dialogUpdate(1).updates(for: ["a", "b"])
    try FirstSchema.make(at: path) { db in
      var insertion = UpdateInsertion(db: db, count: updates.count)
      for (index, update) in updates.enumerated() { try insertion.add(update, index: index) }
      try insertion.finish()
    }
    let store = try EmbeddedStore.open(path)
    #expect(try await store.all().map(\.document) == updates.map { $0.document() })
    #expect(try await store.insert(updates) == [.existing, .existing])
    try store.close()
  }

  @Test func `a store of the first version can be read as it is`() async throws {
    try FirstSchema.make(at: path)
    let before = try schema(path)
    let reader = try EmbeddedStore.read(path)
    #expect(try await reader.all().isEmpty)
    try reader.close()
    #expect(try schema(path) == before)
  }

  @Test func `a store that is opened again keeps its tables`() throws {
    try EmbeddedStore.open(path).close()
    let before = try schema(path)
    try EmbeddedStore.open(path).close()
    #expect(try schema(path) == before)
  }

  @Test func `a store that was cut off before it had its tables gets them`() throws {
    let database = try DatabaseQueue(path: path)
    try database.write { try $0.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)") }
    try database.close()
    try EmbeddedStore.open(path).close()
    #expect(try schema(path).contains { $0.hasPrefix("CREATE TABLE updates") })
  }

  @Test func `a store that was cut off before it had its tables cannot be read yet`() throws {
    let database = try DatabaseQueue(path: path)
    try database.write { try $0.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)") }
    try database.close()
    let error = try #require(throws: EmbeddedStoreError.self) { _ = try EmbeddedStore.read(path) }
    #expect(error.code == .unusable)
  }

  @Test func `another program's database is left as it is`() throws {
    let database = try DatabaseQueue(path: path)
    try database.write { try $0.execute(sql: "CREATE TABLE ledger (amount INTEGER)") }
    try database.close()
    let error = try #require(throws: EmbeddedStoreError.self) { _ = try EmbeddedStore.open(path) }
    #expect(error.code == .unusable)
    #expect(try schema(path) == ["CREATE TABLE ledger (amount INTEGER)"])
  }
}
