import GRDB

/// A store file that cannot be used as it was asked for.
package struct EmbeddedStoreError: Error, Equatable, CustomStringConvertible {
  /// What went wrong.
  package enum Code: Sendable, Equatable {
    /// There is no file to read.
    case missing
    /// The path cannot be a store: a directory, not a database, another program's.
    case unusable
    /// The file or its folder cannot be written.
    case readOnly
    /// No room is left.
    case full
    /// Another replay is writing.
    case locked
    /// The file's content contradicts itself.
    case damaged
    /// SQLite failed otherwise.
    case failed
  }

  /// What went wrong.
  package let code: Code
  /// One plain sentence with the remedy.
  package let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// Converts what SQLite reports about the store at `path`.
  init(_ error: any Error, path: String) {
    if let error = error as? EmbeddedStoreError {
      self = error
      return
    }
    guard let error = error as? DatabaseError else {
      self.init(.failed, "\(path) could not be used: \(error)")
      return
    }
    switch error.resultCode {
    case .SQLITE_NOTADB:
      self.init(.unusable, "\(path) is not a SQLite database; name another file with --store")
    case .SQLITE_FULL:
      self.init(.full, "\(path) cannot grow: the disk is full; make room and run the same command again")
    case .SQLITE_READONLY:
      self.init(.readOnly, "\(path) cannot be written; name a file in a writable folder with --store")
    case .SQLITE_CANTOPEN:
      self.init(
        .readOnly, "\(path) cannot be opened; name a file in a folder that is there and writable with --store"
      )
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(.locked, "\(path) is in use by another process; try again when that has ended")
    case .SQLITE_CORRUPT:
      self.init(
        .damaged, "\(path) is damaged (\(error.message ?? "malformed")); restore it or replay into a new file"
      )
    case .SQLITE_IOERR:
      self.init(
        .failed,
        "\(path) cannot be read or written (\(error.message ?? "input/output error")); check the disk")
    default:
      self.init(.failed, "\(path) could not be used: \(error.message ?? "SQLite error \(error.resultCode)")")
    }
  }
}
