import GRDB

/// The tables of a store file. State records are kept whole, as BSON, next to the columns that look-ups need.
///
/// The updates of one event share most of their content, which is stored once in `contents`; `updates` holds
/// what differs. The rows of `updates` are numbered in the order in which they were stored, and SQLite orders
/// equal entries of an index by row number, so every index on one of its columns also yields "newest first".
/// The column `createdAt` of state records has no declared type, so that integers and doubles are both kept
/// and compared exactly. Text that may contain NUL is stored as a BLOB.
enum StoreSchema {
  /// SQLite's `application_id`, which marks the file as a store of this program: the letters C3UW.
  static let applicationID = 0x4333_5557

  /// Marks the database as a store and brings its tables up to date. The mark comes first, so that a store
  /// whose creation was cut off before it had all its tables is still recognised.
  static func prepare(_ database: DatabaseQueue) throws {
    try database.write { db in try db.execute(sql: "PRAGMA application_id = \(applicationID)") }
    try migrator.migrate(database)
  }

  private static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { db in
      try db.execute(sql: state)
      try db.execute(sql: updates)
    }
    migrator.registerMigration("2") { db in try db.execute(sql: ledgerIndex) }
    migrator.registerMigration("3") { db in try db.execute(sql: ledgerContent) }
    migrator.registerMigration("4") { db in try db.execute(sql: runRecord) }
    return migrator
  }()

  private static let ledgerIndex = """
    DROP INDEX ledger_key;
    CREATE INDEX ledger_key ON ledger (key, run DESC);
    """

  /// The event itself, which `inspect` explains and tries again. It comes last, so that SQLite reads the other columns
  /// without it.
  private static let ledgerContent = "ALTER TABLE ledger ADD COLUMN content BLOB;"

  /// What a replay came to.
  private static let runRecord = "ALTER TABLE runs ADD COLUMN record BLOB;"

  private static let state = """
    CREATE TABLE users (
      tenantId TEXT NOT NULL, userId TEXT NOT NULL, record BLOB NOT NULL,
      PRIMARY KEY (tenantId, userId)) WITHOUT ROWID;
    CREATE TABLE dialogs (
      tenantId TEXT NOT NULL, dialogId TEXT NOT NULL, record BLOB NOT NULL,
      PRIMARY KEY (tenantId, dialogId)) WITHOUT ROWID;
    CREATE TABLE dialogmembers (
      tenantId TEXT NOT NULL, dialogId TEXT NOT NULL, userId TEXT NOT NULL,
      active INTEGER NOT NULL, unread INTEGER NOT NULL, record BLOB NOT NULL,
      PRIMARY KEY (tenantId, dialogId, userId)) WITHOUT ROWID;
    CREATE INDEX dialogmembers_counts ON dialogmembers (tenantId, userId, active, unread);
    CREATE TABLE messages (
      tenantId TEXT NOT NULL, messageId TEXT NOT NULL, dialogId TEXT, senderId TEXT, createdAt,
      record BLOB NOT NULL, PRIMARY KEY (tenantId, messageId)) WITHOUT ROWID;
    CREATE INDEX messages_order ON messages (tenantId, dialogId, createdAt, messageId, senderId);
    CREATE TABLE messagestatuses (
      sequence INTEGER PRIMARY KEY, tenantId TEXT NOT NULL, messageId TEXT NOT NULL, userId TEXT NOT NULL,
      userType BLOB, status BLOB, createdAt, record BLOB NOT NULL);
    CREATE INDEX messagestatuses_message ON messagestatuses (tenantId, messageId);
    CREATE TABLE metas (
      tenantId TEXT NOT NULL, entityType TEXT NOT NULL, entityId TEXT NOT NULL, key TEXT NOT NULL,
      record BLOB NOT NULL, PRIMARY KEY (tenantId, entityType, entityId, key)) WITHOUT ROWID;
    CREATE TABLE events (id TEXT NOT NULL PRIMARY KEY, record BLOB NOT NULL) WITHOUT ROWID;
    """

  private static let updates = """
    CREATE TABLE contents (
      sequence INTEGER PRIMARY KEY, tenantId TEXT NOT NULL, eventId BLOB NOT NULL, eventType TEXT NOT NULL,
      entityId TEXT NOT NULL, dialogId TEXT, leading BLOB NOT NULL, trailing BLOB NOT NULL);
    CREATE INDEX contents_event ON contents (eventId);
    CREATE INDEX contents_dialog ON contents (dialogId) WHERE dialogId IS NOT NULL;
    CREATE TABLE updates (
      sequence INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, content INTEGER NOT NULL, userId TEXT NOT NULL,
      member BLOB, routingKey BLOB NOT NULL, createdAt REAL NOT NULL, published INTEGER NOT NULL DEFAULT 0,
      publishedAt REAL);
    CREATE INDEX updates_content ON updates (content);
    CREATE INDEX updates_user ON updates (userId);
    CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT);
    CREATE TABLE ledger (
      sequence INTEGER PRIMARY KEY, key BLOB NOT NULL, run INTEGER NOT NULL, tenantId TEXT, eventType TEXT,
      dialogId TEXT, outcome INTEGER, reason TEXT, updates INTEGER);
    CREATE INDEX ledger_key ON ledger (key);
    """
}
