import Foundation

/// The datagram socket of a service manager, after sd_notify(3): each message is a list of assignments.
package final class NotifySocket: Sendable {
  /// What keeps messages from the service manager, as one plain sentence.
  package struct Fault: Error, Equatable {
    package let message: String
    /// Whether the service manager has only not read yet what it was told before.
    package var isPassing = false
  }

  private let descriptor: Int32
  private let address: sockaddr_un
  private let length: socklen_t

  /// - Parameter name: What `NOTIFY_SOCKET` holds: an absolute path, or `@` and an abstract name.
  package init(_ name: String) throws(Fault) {
    var bytes = Array(name.utf8)
    guard bytes.count > 1, bytes[0] == UInt8(ascii: "/") || bytes[0] == UInt8(ascii: "@") else {
      throw Fault(
        message: "NOTIFY_SOCKET is neither an absolute path nor an abstract name that begins with @")
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let isAbstract = bytes[0] == UInt8(ascii: "@")
    if isAbstract { bytes[0] = 0 }
    // A path needs its zero at the end; an abstract name is as long as the address says.
    let room = MemoryLayout.size(ofValue: address.sun_path) - (isAbstract ? 0 : 1)
    guard bytes.count <= room else {
      throw Fault(message: "NOTIFY_SOCKET is longer than the \(room) bytes that an address may have")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    self.address = address
    let nameOffset = MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path)
    length = socklen_t(nameOffset + bytes.count + (isAbstract ? 0 : 1))
    descriptor = socket(
      AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { throw Fault(message: "no socket is to be had: \(Self.reason())") }
  }

  deinit {
    close(descriptor)
  }

  /// Sends assignments, such as `READY=1`, as one message. Never blocks: a service manager that does not read gets
  /// nothing.
  package func send(_ assignments: [String]) throws(Fault) {
    let bytes = Array(assignments.joined(separator: "\n").utf8)
    let sent = withUnsafePointer(to: address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bytes.withUnsafeBytes {
          sendto(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), address, length)
        }
      }
    }
    guard sent == bytes.count else {
      let isPassing = sent < 0 && [EAGAIN, EWOULDBLOCK, ENOBUFS].contains(errno)
      throw Fault(
        message: "the service manager cannot be told of the worker's state: \(Self.reason())",
        isPassing: isPassing)
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
