import ArgumentParser
import EmbeddedStore
import Maintenance
import MongoStore
import Pipeline

/// What a replay needs of a store.
protocol ReplayStore: Directory, UpdateStore, StateStore {
  /// Remembers handled events, where the store is a replay's own.
  var ledger: (any ReplayLedger)? { get }
  /// Keeps what the replay came to, where the store is a replay's own.
  var journal: (any ReplayJournal)? { get }
  /// Whether state lines go to it without being asked for (spec section 10).
  var takesState: Bool { get }
  /// How a replay into it is cut.
  var limits: PipelineLimits { get }
  /// Ends the use of the store.
  func finish() async throws
}

extension EmbeddedStore: ReplayStore {
  var ledger: (any ReplayLedger)? { self }
  var journal: (any ReplayJournal)? { self }
  var takesState: Bool { true }
  var limits: PipelineLimits { .replay }
  func finish() async throws { try close() }
}

extension MongoStore: ReplayStore {
  var ledger: (any ReplayLedger)? { nil }
  var journal: (any ReplayJournal)? { nil }
  var takesState: Bool { false }
  var limits: PipelineLimits {
    var limits = PipelineLimits()
    limits.letsOthersPass = false
    return limits
  }
  func finish() async throws { await close() }
}
