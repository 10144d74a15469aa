import CMongoC

/// The state of libmongoc that the whole process shares.
package enum MongoLibrary {
  /// The version that is loaded.
  package static var version: String { String(cString: mongoc_get_version()) }

  /// Starts libmongoc, once per process. Its own log lines are dropped: what matters is also returned as an
  /// error, and the lines may quote what must not appear in a log.
  static func start() { _ = started }

  private static let started: Void = {
    // First, because the start itself may log.
    mongoc_log_set_handler({ _, _, _, _ in }, nil)
    mongoc_init()
  }()
}
