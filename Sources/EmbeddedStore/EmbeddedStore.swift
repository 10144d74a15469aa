import Foundation
import GRDB

/// State and updates in one SQLite file, or in memory: the ends of a replay.
///
/// One process writes a file at a time; others may read it meanwhile. All SQLite calls run on GRDB's own queue.
package final class EmbeddedStore: Sendable {
  let database: DatabaseQueue
  /// What errors name: the file, or `memory:`.
  let path: String
  /// The number of this run among those that have written the file; 0 when reading only.
  let run: Int64
  /// Held as long as the store; `nil` for memory and when reading only.
  private let lock: WriterLock?

  private init(_ database: DatabaseQueue, path: String, run: Int64, lock: WriterLock?) {
    self.database = database
    self.path = path
    self.run = run
    self.lock = lock
  }

  /// An empty store in memory, gone with this object.
  package static func inMemory() throws -> EmbeddedStore {
    do {
      return try writing(DatabaseQueue(), path: "memory:", lock: nil)
    } catch {
      throw EmbeddedStoreError(error, path: "memory:")
    }
  }

  /// Opens the store at `path` for writing; makes it where there is none.
  ///
  /// - Throws: ``EmbeddedStoreError`` when it cannot be a store, cannot be written, or another process writes it.
  package static func open(_ path: String) throws -> EmbeddedStore {
    try refuseDirectory(path)
    let lock = try WriterLock(store: path)
    do {
      var configuration = Configuration()
      configuration.label = "store"
      configuration.busyMode = .timeout(5)
      configuration.prepareDatabase { db in
        try db.execute(sql: "PRAGMA cache_size = -16000")
        try db.execute(sql: "PRAGMA synchronous = NORMAL")
        // Statements of several rows keep a journal of their own; it need not be a file.
        try db.execute(sql: "PRAGMA temp_store = MEMORY")
        try db.execute(sql: "PRAGMA wal_autocheckpoint = 8000")
      }
      let database = try DatabaseQueue(path: path, configuration: configuration)
      try database.read { try refuseForeign($0, path: path, allowEmpty: true) }
      _ = try database.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA journal_mode = WAL") }
      return try writing(database, path: path, lock: lock)
    } catch {
      throw EmbeddedStoreError(error, path: path)
    }
  }

  /// Opens the store at `path` for reading, also while another process writes it.
  ///
  /// - Throws: ``EmbeddedStoreError`` when there is none or it cannot be read.
  package static func read(_ path: String) throws -> EmbeddedStore {
    try refuseDirectory(path)
    guard FileManager.default.fileExists(atPath: path) else {
      throw EmbeddedStoreError(.missing, "there is no store at \(path); replay a timeline into it first")
    }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      let database = try DatabaseQueue(path: path, configuration: configuration)
      try database.read { try refuseForeign($0, path: path, allowEmpty: false) }
      return EmbeddedStore(database, path: path, run: 0, lock: nil)
    } catch {
      let failure = EmbeddedStoreError(error, path: path)
      guard failure.code == .readOnly else { throw failure }
      // Readers share an index of the write-ahead log, which is a file beside the store.
      throw EmbeddedStoreError(
        .readOnly,
        "\(path) cannot be read where it lies; copy it to a folder that you can write in, and name the copy")
    }
  }

  /// Writes everything back into the one file and closes it. Using the store afterwards is an error.
  package func close() throws {
    defer { lock?.release() }
    do {
      try database.close()
    } catch {
      throw EmbeddedStoreError(error, path: path)
    }
  }

  private static func writing(_ database: DatabaseQueue, path: String, lock: WriterLock?) throws
    -> EmbeddedStore
  {
    try StoreSchema.prepare(database)
    let run = try database.write { db in
      try db.execute(sql: "INSERT INTO runs DEFAULT VALUES")
      return db.lastInsertedRowID
    }
    return EmbeddedStore(database, path: path, run: run, lock: lock)
  }

  private static func refuseDirectory(_ path: String) throws(EmbeddedStoreError) {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
      throw EmbeddedStoreError(.unusable, "\(path) is a directory; name a file in it with --store")
    }
  }

  private static func refuseForeign(_ db: Database, path: String, allowEmpty: Bool) throws {
    let isOurs = try Int.fetchOne(db, sql: "PRAGMA application_id") == StoreSchema.applicationID
    let isMade = try db.tableExists("updates")
    let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
    if isOurs ? isMade || allowEmpty : isEmpty && allowEmpty { return }
    throw EmbeddedStoreError(
      .unusable,
      isOurs || isEmpty
        ? "\(path) is an empty database; replay a timeline into it first"
        : "\(path) is another program's SQLite database; name another file with --store")
  }

  /// Runs SQL that only reads.
  func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    do {
      return try await database.read(body)
    } catch {
      throw EmbeddedStoreError(error, path: path)
    }
  }

  /// Runs SQL in one transaction.
  func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    do {
      return try await database.write(body)
    } catch {
      throw EmbeddedStoreError(error, path: path)
    }
  }
}
