import ArgumentParser
import EmbeddedStore
import Inspector
import Maintenance
import MongoStore
import Operations
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

  /// As pages and commands that are shown name it: without credentials.
  var shownName: String {
    switch self {
    case .file(let path): "sqlite:\(path)"
    case .memory: "memory:"
    case .mongo(let uri): maskedURL(uri)
    }
  }

  /// Opens the store for a replay.
  func openForWriting() async throws -> any ReplayStore {
    switch self {
    case .file(let path): return try EmbeddedStore.open(path)
    case .memory: return try EmbeddedStore.inMemory()
    case .mongo(let uri):
      let store = MongoStore(try Self.configuration(uri))
      try await store.prepare()
      return store
    }
  }

  /// Opens the store for the inspector.
  ///
  /// - Parameter longestLookUp: How long a server works on one look-up, at most; `nil`: as long as it takes.
  func openForReading(longestLookUp: Duration? = nil) throws -> any PageStore {
    switch self {
    case .file(let path): return try EmbeddedStore.read(path)
    case .memory:
      throw Failure(
        .usage,
        "memory: holds nothing to inspect; name the file of a replay, as in --store sqlite:chat3.sqlite")
    case .mongo(let uri):
      var configuration = try Self.configuration(uri)
      configuration.longestLookUp = longestLookUp
      return MongoStore(configuration)
    }
  }

  private static func configuration(_ uri: String) throws -> MongoConfiguration {
    try MongoConfiguration(uri: uri, updatesCollection: Settings(flags: []).text(.updatesCollection))
  }
}
