import GRDB

/// Why a store file cannot be used as requested, in a sentence that names the file and, if there is one, the
/// remedy.
package struct EmbeddedStoreError: Error, Equatable, CustomStringConvertible {
  /// The kind of failure. More codes may be added.
  package struct Code: RawRepresentable, Hashable, Sendable {
    /// A stable name for logs.
    package let rawValue: String

    package init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// There is no file to read.
    package static let missing = Code(rawValue: "missing")
    /// The path is not a store, but a directory, a file of another kind or another program's database.
    package static let unusable = Code(rawValue: "unusable")
    /// The file or its folder cannot be written.
    package static let readOnly = Code(rawValue: "read-only")
    /// The disk is full.
    package static let full = Code(rawValue: "full")
    /// Another process is using the file.
    package static let locked = Code(rawValue: "locked")
    /// The content of the file contradicts itself.
    package static let damaged = Code(rawValue: "damaged")
    /// Any other failure of SQLite.
    package static let failed = Code(rawValue: "failed")
  }

  package let code: Code
  /// One plain sentence.
  package let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}

extension EmbeddedStoreError {
  /// Converts an error about the store at `path`; an ``EmbeddedStoreError`` stays as it is.
  init(_ error: any Error, path: String) {
    switch error {
    case let error as EmbeddedStoreError: self = error
    case let error as DamagedRow: self = Self.damaged(path, error.reason)
    case let error as DatabaseError: self.init(error, path: path)
    default: self.init(.failed, "\(path) could not be used: \(error)")
    }
  }

  private init(_ error: DatabaseError, path: String) {
    switch error.resultCode {
    case .SQLITE_NOTADB:
      self.init(.unusable, "\(path) is not a SQLite database; name another file with --store")
    case .SQLITE_FULL:
      self.init(.full, "\(path) cannot grow: the disk is full; make room and run the same command again")
    case .SQLITE_READONLY:
      self.init(
        .readOnly, "\(path) cannot be written; use --store to name a file in a writable folder")
    case .SQLITE_CANTOPEN:
      self.init(
        .readOnly,
        "\(path) cannot be opened; use --store to name a file in a folder that exists and is writable")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(.locked, "\(path) is in use by another process; try again when that process has ended")
    case .SQLITE_CORRUPT: self = Self.damaged(path, error.message ?? "malformed")
    case .SQLITE_IOERR:
      self.init(
        .failed,
        "\(path) cannot be read or written (\(error.message ?? "input/output error")); check the disk")
    default:
      self.init(
        .failed, "\(path) could not be used: \(error.message ?? "SQLite error \(error.resultCode)")")
    }
  }

  private static func damaged(_ path: String, _ reason: String) -> EmbeddedStoreError {
    EmbeddedStoreError(
      .damaged, "\(path) is damaged (\(reason)); restore it or replay into a new file")
  }
}
