import ArgumentParser
import EmbeddedStore
import MongoStore
import Pipeline

/// The value of `--store`.
enum StoreAddress: ExpressibleByArgument, Sendable {
  /// A SQLite file.
  case file(String)
  /// Nothing that lasts.
  case memory
  /// A MongoDB server, by its URI.
  case mongo(String)

  static let defaultFile = StoreAddress.file("chat3.sqlite")

  init?(argument: String) {
    if argument == "memory:" {
      self = .memory
    } else if argument.hasPrefix("sqlite:"), argument.count > "sqlite:".count {
      self = .file(String(argument.dropFirst("sqlite:".count)))
    } else if argument.hasPrefix("mongodb://") || argument.hasPrefix("mongodb+srv://") {
      self = .mongo(argument)
    } else {
      return nil
    }
  }

  var defaultValueDescription: String {
    switch self {
    case .file(let path): "sqlite:\(path)"
    case .memory: "memory:"
    case .mongo: "mongodb://…"
    }
  }

  /// Opens the store for a replay.
  func openForWriting() async throws -> any ReplayStore {
    switch self {
    case .file(let path): return try EmbeddedStore.open(path)
    case .memory: return try EmbeddedStore.inMemory()
    case .mongo(let uri):
      let store = MongoStore(try MongoConfiguration(uri: uri))
      try await store.prepare()
      return store
    }
  }

  /// Opens the store for the inspector.
  func openForReading() throws -> any UpdateArchive {
    switch self {
    case .file(let path): return try EmbeddedStore.read(path)
    case .memory:
      throw Failure(
        .usage,
        "memory: holds nothing to inspect; name the file of a replay, as in --store sqlite:chat3.sqlite")
    case .mongo(let uri): return MongoStore(try MongoConfiguration(uri: uri))
    }
  }
}

/// What a replay needs of a store.
protocol ReplayStore: Directory, UpdateStore, StateStore {
  /// Remembers handled events, where the store is a replay's own.
  var ledger: (any EventLedger)? { get }
  /// Whether state lines go to it without being asked for (spec section 10).
  var takesState: Bool { get }
  /// How a replay into it is cut.
  var limits: PipelineLimits { get }
  /// Ends the use of the store.
  func finish() async throws
}

extension EmbeddedStore: ReplayStore {
  var ledger: (any EventLedger)? { self }
  var takesState: Bool { true }
  var limits: PipelineLimits { .replay }
  func finish() async throws { try close() }
}

extension MongoStore: ReplayStore {
  var ledger: (any EventLedger)? { nil }
  var takesState: Bool { false }
  var limits: PipelineLimits { PipelineLimits() }
  func finish() async throws { await close() }
}
