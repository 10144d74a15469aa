import Foundation
import Synchronization

/// Lets another thread break off a connection whose own thread is stuck in output. It holds a duplicate of
/// the socket's descriptor, so that it never touches a number that has become another file's.
final class SocketBreaker: Sendable {
  private let descriptor = Mutex<Int32?>(nil)

  init() {}

  deinit { forget() }

  /// Starts watching an open socket; the caller keeps its descriptor.
  func watch(_ socket: Int32) {
    forget()
    let copy = fcntl(socket, F_DUPFD_CLOEXEC, 0)
    descriptor.withLock { $0 = copy >= 0 ? copy : nil }
  }

  /// Stops watching. Calling it again does nothing.
  func forget() {
    descriptor.withLock { descriptor in
      if let descriptor { close(descriptor) }
      descriptor = nil
    }
  }

  /// Ends the connection without telling the server; calls that wait on it fail.
  func breakOff() {
    descriptor.withLock { descriptor in
      if let descriptor { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }
}
