import Foundation

/// A TCP connection of a few exchanges, whose every step ends within a time limit. It blocks its caller.
package final class TCPSocket {
  /// Why there is no connection, or no more of it, as a phrase.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// The socket, which this object closes.
  package let descriptor: Int32

  /// Connects to the first of the host's addresses that answers.
  ///
  /// - Parameter limit: The longest that each later step may take, and the connection to each address.
  package init(host: String, port: Int, limit: Duration) throws(Failure) {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var addresses: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &addresses) == 0 else {
      throw Failure(description: "the host name \(host) cannot be resolved")
    }
    defer { freeaddrinfo(addresses) }
    var cause: Int32 = 0
    var next = addresses
    while let address = next {
      let candidate = socket(
        address.pointee.ai_family, address.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
      if candidate >= 0 {
        Self.set(limit, of: candidate)
        if connect(candidate, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 {
          descriptor = candidate
          return
        }
        cause = errno
        close(candidate)
      } else {
        cause = errno
      }
      next = address.pointee.ai_next
    }
    throw Self.failure(cause)
  }

  deinit { close(descriptor) }

  package func send(_ text: String) throws(Failure) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let (count, cause) = rest.withUnsafeBytes { bytes in
        (Foundation.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)), errno)
      }
      guard count > 0 else { throw Self.failure(cause) }
      rest = rest.dropFirst(count)
    }
  }

  /// Everything that the peer sends until it ends the connection.
  ///
  /// - Parameter most: How many bytes there may be.
  package func receiveAll(most: Int) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count <= most {
      var (count, cause): (Int, Int32) = (0, 0)
      let block = [UInt8](unsafeUninitializedCapacity: 16 << 10) { block, initialized in
        count = recv(descriptor, block.baseAddress, block.count, 0)
        cause = errno
        initialized = max(0, count)
      }
      if count == 0 { return bytes }
      guard count > 0 else { throw Self.failure(cause) }
      bytes += block
    }
    throw Failure(description: "the answer is longer than \(most) bytes")
  }

  /// Linux holds `connect` to the limit for sending, too.
  private static func set(_ limit: Duration, of descriptor: Int32) {
    let (seconds, attoseconds) = limit.components
    var value = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      // If this fails, the deadline of the caller still holds.
      _ = setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  private static func failure(_ cause: Int32) -> Failure {
    [EAGAIN, EINPROGRESS, ETIMEDOUT].contains(cause)
      ? Failure(description: "there is no answer in time")
      : Failure(description: String(cString: strerror(cause)))
  }
}
