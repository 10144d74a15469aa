import Foundation
import GRDB

/// The state and the updates of a replay, in one SQLite file or in memory.
///
/// Only one process at a time may write to a file; others may read it in the meantime. All SQLite calls run
/// on GRDB's own queues.
package final class EmbeddedStore: Sendable {
  let database: DatabaseQueue
  /// The connection for reading a file. Where the file is also written it is another one than `database`, so that one
  /// round is looked up while the one before it is being stored. `nil` in memory.
  private let reader: DatabaseQueue?
  /// How errors name the store: the path of its file, or `memory:`.
  let path: String
  /// The number of this run among all runs that have written to the file; 0 for a store that is opened only
  /// for reading.
  let run: Int64
  /// Held until the store is closed; `nil` in memory, and for a store that is opened only for reading.
  private let lock: WriterLock?

  private init(
    _ database: DatabaseQueue, reader: DatabaseQueue? = nil, path: String, run: Int64, lock: WriterLock? = nil
  ) {
    self.database = database
    self.reader = reader
    self.path = path
    self.run = run
    self.lock = lock
  }

  /// An empty store in memory, which is lost with this object.
  package static func inMemory() throws -> EmbeddedStore {
    do {
      let database = try DatabaseQueue()
      try emptyStore.get().backup(to: database)
      return EmbeddedStore(database, path: "memory:", run: try beginRun(database))
    } catch {
      throw EmbeddedStoreError(error, path: "memory:")
    }
  }

  /// A store in memory of which new ones are copies, because to make its tables takes many times as long.
  private static let emptyStore = Result {
    let database = try DatabaseQueue()
    try StoreSchema.prepare(database)
    return database
  }

  /// Opens the store at `path` for writing; creates it if there is none.
  ///
  /// - Throws: ``EmbeddedStoreError`` when the file is not a store, cannot be written, or is being written by
  /// another process.
  package static func open(_ path: String) throws -> EmbeddedStore {
    try refuseDirectory(path)
    let lock = try WriterLock(store: path)
    do {
      var configuration = Configuration()
      configuration.label = "store"
      configuration.busyMode = .timeout(5)
      configuration.prepareDatabase { db in
        // Of a new file. Twice the usual size halves the pages that the log takes.
        try db.execute(sql: "PRAGMA page_size = 8192")
        try db.execute(sql: "PRAGMA cache_size = -8000")
        try db.execute(sql: "PRAGMA synchronous = NORMAL")
        // A statement that writes several rows keeps a journal of its own, which need not be a file.
        try db.execute(sql: "PRAGMA temp_store = MEMORY")
        try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
      }
      let database = try DatabaseQueue(path: path, configuration: configuration)
      try database.read { try refuseForeign($0, path: path, allowEmpty: true) }
      _ = try database.writeWithoutTransaction { try String.fetchOne($0, sql: "PRAGMA journal_mode = WAL") }
      try StoreSchema.prepare(database)
      let run = try beginRun(database)
      return EmbeddedStore(
        database, reader: try readingConnection(path), path: path, run: run, lock: lock)
    } catch {
      throw EmbeddedStoreError(error, path: path)
    }
  }

  /// Opens the store at `path` for reading, even while another process is writing to it.
  ///
  /// - Throws: ``EmbeddedStoreError`` when there is no store or it cannot be read.
  package static func read(_ path: String) throws -> EmbeddedStore {
    try refuseDirectory(path)
    guard FileManager.default.fileExists(atPath: path) else {
      throw EmbeddedStoreError(.missing, "there is no store at \(path); replay a timeline into it first")
    }
    do {
      let database = try readingConnection(path)
      try database.read { try refuseForeign($0, path: path, allowEmpty: false) }
      return EmbeddedStore(database, reader: database, path: path, run: 0)
    } catch {
      let failure = EmbeddedStoreError(error, path: path)
      guard failure.code == .readOnly else { throw failure }
      // Readers too need the index of the write-ahead log, which is a file next to the store.
      throw EmbeddedStoreError(
        .readOnly,
        "\(path) cannot be read where it is; copy it to a writable folder and name the copy with --store")
    }
  }

  /// Writes everything back into the store's file and closes it. Using the store afterwards is an error.
  package func close() throws {
    defer { lock?.release() }
    do {
      // SQLite writes the log back with the last connection, which must be one that may write.
      try reader?.close()
      try database.close()
    } catch {
      throw EmbeddedStoreError(error, path: path)
    }
  }

  private static func readingConnection(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.label = "store.reader"
    configuration.busyMode = .timeout(5)
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  /// Returns the number of the run that begins.
  private static func beginRun(_ database: DatabaseQueue) throws -> Int64 {
    try database.write { db in
      try db.execute(sql: "INSERT INTO runs DEFAULT VALUES")
      return db.lastInsertedRowID
    }
  }

  private static func refuseDirectory(_ path: String) throws(EmbeddedStoreError) {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
      throw EmbeddedStoreError(.unusable, "\(path) is a directory; name a file in it with --store")
    }
  }

  private static func refuseForeign(_ db: Database, path: String, allowEmpty: Bool) throws {
    let isOurs = try Int.fetchOne(db, sql: "PRAGMA application_id") == StoreSchema.applicationID
    let hasTables = try db.tableExists("updates")
    let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
    if isOurs ? hasTables || allowEmpty : isEmpty && allowEmpty { return }
    throw EmbeddedStoreError(
      .unusable,
      isOurs || isEmpty
        ? "\(path) is an empty database; replay a timeline into it first"
        : "\(path) is another program's SQLite database; name another file with --store")
  }

  /// Runs SQL that only reads, and that sees one state of the store. Every error becomes an ``EmbeddedStoreError``.
  func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    do {
      return try await readWithOwnErrors(body)
    } catch {
      throw EmbeddedStoreError(error, path: path)
    }
  }

  /// As ``read(_:)``, but errors are what `body` and GRDB throw.
  func readWithOwnErrors<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    guard let reader else {
      // There is no other connection, so `body` needs no transaction, and not the `PRAGMA query_only` of
      // `DatabaseQueue.read`, after which SQLite compiles every prepared statement again (`OP_Expire` in its pragma.c).
      return try await database.unsafeRead(body)
    }
    return try await reader.read(body)
  }

  /// Runs SQL in one transaction. Every error becomes an ``EmbeddedStoreError``.
  func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    do {
      return try await database.write(body)
    } catch {
      throw EmbeddedStoreError(error, path: path)
    }
  }
}
