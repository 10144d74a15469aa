import CMongoC

/// libmongoc as a whole.
enum MongoLibrary {
  /// Starts libmongoc, once in a process. Its own log lines go nowhere: what matters comes back as an error, and
  /// they may quote what a log must not hold.
  static func start() { _ = started }

  private static let started: Void = {
    mongoc_init()
    mongoc_log_set_handler({ _, _, _, _ in }, nil)
  }()
}
