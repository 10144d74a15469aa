import CMongoC

/// libmongoc as a whole.
enum MongoLibrary {
  /// Starts libmongoc, once in a process. Its own log lines go nowhere: what matters comes back as an error, and
  /// they may quote what a log must not hold.
  static func start() { _ = started }

  private static let started: Void = {
    // Before it starts: it would tell on standard error that a process of the same id, which was killed, has left its
    // counters in shared memory.
    mongoc_log_set_handler({ _, _, _, _ in }, nil)
    mongoc_init()
  }()
}
