import ArgumentParser
import EmbeddedStore

/// The value of `--store`.
enum StoreAddress: ExpressibleByArgument, Sendable {
  /// A SQLite file.
  case file(String)
  /// Nothing that lasts.
  case memory

  static let defaultFile = StoreAddress.file("chat3.sqlite")

  init?(argument: String) {
    if argument == "memory:" {
      self = .memory
    } else if argument.hasPrefix("sqlite:"), argument.count > "sqlite:".count {
      self = .file(String(argument.dropFirst("sqlite:".count)))
    } else {
      return nil
    }
  }

  var defaultValueDescription: String {
    switch self {
    case .file(let path): "sqlite:\(path)"
    case .memory: "memory:"
    }
  }

  /// Opens the store for a replay.
  func openForWriting() throws -> EmbeddedStore {
    switch self {
    case .file(let path): try EmbeddedStore.open(path)
    case .memory: try EmbeddedStore.inMemory()
    }
  }

  /// Opens the store for the inspector.
  func openForReading() throws -> EmbeddedStore {
    switch self {
    case .file(let path): try EmbeddedStore.read(path)
    case .memory:
      throw Failure(
        .usage,
        "memory: holds nothing to inspect; name the file of a replay, as in --store sqlite:chat3.sqlite")
    }
  }
}
