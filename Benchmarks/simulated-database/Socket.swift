import Foundation

/// Owns a descriptor and closes it.
final class Socket: Sendable {
  let descriptor: Int32

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Reads exactly `count` bytes; `nil` when the peer has closed the connection.
  func read(_ count: Int) -> [UInt8]? {
    var isWhole = true
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while initialized < count {
        let got = Foundation.read(
          descriptor, buffer.baseAddress.map { $0 + initialized }, count - initialized)
        if got < 0, errno == EINTR { continue }
        guard got > 0 else {
          isWhole = false
          return
        }
        initialized += got
      }
    }
    return isWhole ? bytes : nil
  }

  /// Writes all bytes; returns false when the peer is gone.
  func write(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let put = send(
          descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written,
          Int32(MSG_NOSIGNAL))
        if put < 0, errno == EINTR { continue }
        guard put > 0 else { return false }
        written += put
      }
      return true
    }
  }
}

struct SocketError: Error, CustomStringConvertible {
  let description: String

  /// - Parameter action: What could not be done, for the reason that `errno` holds.
  init(_ action: String) {
    description = "cannot \(action): \(String(cString: strerror(errno)))"
  }
}
