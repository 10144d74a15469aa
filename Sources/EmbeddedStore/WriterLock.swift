import Foundation
import Synchronization

/// Keeps two replays from writing one file at once, which would mix their states. The lock is a file beside the
/// store, held by `flock(2)` and so released by the system when the process ends, however it ends.
final class WriterLock: Sendable {
  /// `nil` once released.
  private let descriptor: Mutex<Int32?>
  private let path: String

  /// Takes the lock of the store that the user calls `path`, which lies at `file`.
  ///
  /// - Throws: ``EmbeddedStoreError`` when another process holds it or the folder cannot be written.
  init(store path: String, file: String) throws(EmbeddedStoreError) {
    self.path = file + "-lock"
    while true {
      let descriptor = open(self.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw Self.error(errno, path) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let code = errno
        close(descriptor)
        throw Self.error(code, path)
      }
      // The holder before removes the file when it is done: what was locked must be what lies there now.
      if Self.isSame(descriptor, self.path) {
        self.descriptor = Mutex(descriptor)
        return
      }
      close(descriptor)
    }
  }

  /// Lets the next one write. May be called again.
  func release() {
    descriptor.withLock { descriptor in
      guard let held = descriptor else { return }
      descriptor = nil
      unlink(path)
      close(held)
    }
  }

  deinit { release() }

  private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
    var (held, there) = (stat(), stat())
    return fstat(descriptor, &held) == 0 && stat(path, &there) == 0 && held.st_ino == there.st_ino
      && held.st_dev == there.st_dev
  }

  private static func error(_ code: Int32, _ path: String) -> EmbeddedStoreError {
    switch code {
    case EWOULDBLOCK:
      EmbeddedStoreError(
        .locked, "another replay is writing to \(path); wait until it ends, or name another file with --store"
      )
    case ENOENT, ENOTDIR:
      EmbeddedStoreError(
        .readOnly, "the folder of \(path) is not there; make it, or name another file with --store")
    case ENOSPC:
      EmbeddedStoreError(
        .full, "\(path) cannot grow: the disk is full; make room and run the same command again")
    default:
      EmbeddedStoreError(
        .readOnly,
        "\(path) cannot be written (\(String(cString: strerror(code)))); name a file in a writable folder with --store"
      )
    }
  }
}
