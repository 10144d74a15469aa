import Foundation
import TestServers

/// Wakes a thread that polls.
final class WakeUp: Sendable {
  /// Becomes readable when the thread must wake.
  let descriptor: Int32
  private let input: Int32

  init() throws {
    var pair: [Int32] = [0, 0]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw TestServerError("no pipe: errno \(errno)") }
    (descriptor, input) = (pair[0], pair[1])
  }

  deinit {
    close(descriptor)
    close(input)
  }

  func signal() {
    // If it is full, a wake-up is already pending.
    _ = send(input, [1], 1, Int32(MSG_NOSIGNAL))
  }

  func drain() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(descriptor, &bytes, bytes.count) > 0 {}
  }
}
