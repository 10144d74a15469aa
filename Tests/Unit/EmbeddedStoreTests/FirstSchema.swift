import BSON
import GRDB
import Updates

@testable import EmbeddedStore

/// Makes stores as the first version of the program did: with migration "1" alone. The SQL is a copy that must
/// not change when the schema does.
enum FirstSchema {
  /// Makes such a store at `path`, closed.
  static func make(at path: String, _ fill: (Database) throws -> Void = { _ in }) throws {
    let database = try DatabaseQueue(path: path)
    try database.write { db in
      try db.execute(sql: "PRAGMA application_id = \(0x4333_5557)")
      try db.execute(sql: tables)
      try db.execute(
        sql: """
          CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
          INSERT INTO grdb_migrations VALUES ('1');
          INSERT INTO runs DEFAULT VALUES;
          """)
      try fill(db)
    }
    try database.close()
  }

  /// Records an occurrence of an event as run 1 did.
  static func record(_ key: EventKey, content: BSONDocument, updates: Int, _ db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO ledger (key, run, tenantId, eventType, outcome, updates)
        VALUES (?, 1, ?, 'user.update', 0, ?)
        """, arguments: [LedgerKey.event(key, content: content), key.tenantId.string, updates])
  }

  private static let tables = """
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
