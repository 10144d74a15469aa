import Foundation
import Synchronization

/// Keeps two replays from writing to one file at the same time, which would mix their states. The lock is
/// `flock(2)` on the store's file itself, so it holds under every name of the file, hard links included, and
/// the system releases it when the process ends, however it ends. SQLite locks the same file with `fcntl(2)`;
/// Linux keeps the two kinds of lock apart.
final class WriterLock: Sendable {
  /// `nil` once released.
  private let descriptor: Mutex<Int32?>

  /// Takes the lock of the store at `path`; creates an empty file if there is none, which SQLite reads as an
  /// empty database. The lock must be taken before SQLite opens the file and released after SQLite has closed
  /// it: when a process closes any descriptor of a file, the system drops that process's `fcntl` locks on it.
  ///
  /// - Throws: ``EmbeddedStoreError`` when another process holds the lock or the file cannot be written.
  init(store path: String) throws(EmbeddedStoreError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.error(errno, path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      throw Self.error(code, path)
    }
    self.descriptor = Mutex(descriptor)
  }

  /// Lets another replay write. Calling it again does nothing.
  func release() {
    descriptor.withLock { descriptor in
      guard let open = descriptor.take() else { return }
      // Closing alone would leave the lock to a process that is just being started, which has copies of all descriptors
      // until it executes its program.
      flock(open, LOCK_UN)
      close(open)
    }
  }

  deinit { release() }

  private static func error(_ code: Int32, _ path: String) -> EmbeddedStoreError {
    switch code {
    case EWOULDBLOCK:
      EmbeddedStoreError(
        .locked, "another replay is writing to \(path); wait until it ends, or name another file with --store"
      )
    case ENOENT, ENOTDIR:
      EmbeddedStoreError(
        .readOnly, "the folder of \(path) does not exist; create it, or name another file with --store")
    case ENOSPC:
      EmbeddedStoreError(
        .full, "\(path) cannot grow: the disk is full; make room and run the same command again")
    default:
      EmbeddedStoreError(
        .readOnly,
        "\(path) cannot be written (\(String(cString: strerror(code)))); use --store to name a file in a "
          + "writable folder"
      )
    }
  }
}
