import CMongoC
import Foundation

/// The state of libmongoc that the whole process shares.
package enum MongoLibrary {
  /// The version that is loaded.
  package static var version: String { String(cString: mongoc_get_version()) }

  /// Starts libmongoc, once per process. Its own log lines are dropped: what matters is also returned as an
  /// error, and the lines may quote what must not appear in a log.
  ///
  /// A program should call it first of all, whether it uses MongoDB or not: see ``forgetCounters()``.
  package static func start() { _ = started }

  private static let started: Void = {
    // First, because the start itself may log.
    mongoc_log_set_handler({ _, _, _, _ in }, nil)
    mongoc_init()
    forgetCounters()
  }()

  /// As soon as libmongoc is loaded, it shares its counters under a name in `/dev/shm`, and nobody here reads them. This
  /// takes the name back; the memory stays until the process ends. Otherwise a process that ends without libmongoc's
  /// clean-up (by a kill or `_exit`) would leave the name there for good, and libmongoc would print a warning in a later
  /// process that gets the same process id.
  private static func forgetCounters() { shm_unlink("/mongoc-\(getpid())") }
}
