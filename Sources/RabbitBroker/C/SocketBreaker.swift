import Foundation
import Synchronization

/// Lets another thread break off a connection whose own thread is stuck in output. Holds a descriptor of its
/// own, so that it never touches a number that has become another file's.
final class SocketBreaker: Sendable {
  private let descriptor = Mutex<Int32?>(nil)

  init() {}

  deinit { forget() }

  /// The socket is open.
  func watch(_ socket: Int32) {
    forget()
    let copy = fcntl(socket, F_DUPFD_CLOEXEC, 0)
    descriptor.withLock { $0 = copy >= 0 ? copy : nil }
  }

  /// The connection is over.
  func forget() {
    descriptor.withLock { descriptor in
      if let descriptor { close(descriptor) }
      descriptor = nil
    }
  }

  /// Ends the connection without a word; calls that wait for it fail.
  func breakOff() {
    descriptor.withLock { descriptor in
      if let descriptor { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }
}
