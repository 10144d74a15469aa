import Foundation
import Synchronization

/// A service manager's end of sd_notify(3): a datagram socket that keeps what it gets.
package final class NotifyListener: Sendable {
  /// What `NOTIFY_SOCKET` is to hold.
  package let name: String
  private let descriptor: Int32
  private let folder: URL?
  private let heard = Mutex<[String]>([])

  /// - Parameter isAbstract: Whether the socket has an abstract name instead of a path.
  package init(isAbstract: Bool = false) throws {
    if isAbstract {
      folder = nil
      name = "@chat3-\(UUID().uuidString)"
    } else {
      let folder = try TestFolder.make("notify")
      self.folder = folder
      name = folder.appendingPathComponent("socket").path
    }
    descriptor = socket(
      AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { throw TestServerError("no socket is free") }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = isAbstract ? [0] + Array(name.utf8.dropFirst()) : Array(name.utf8) + [0]
    guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else {
      throw TestServerError("\(name) is too long for a socket")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = socklen_t(
      MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path) + bytes.count)
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
    }
    guard isBound else { throw TestServerError("cannot listen at \(name): errno \(errno)") }
  }

  deinit {
    close(descriptor)
    if let folder { TestFolder.remove(folder) }
  }

  /// All messages so far, in the order in which they came.
  package var messages: [String] {
    heard.withLock { heard in
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { return heard }
        heard.append(String(decoding: buffer[..<count], as: UTF8.self))
      }
    }
  }

  /// The assignments of all messages so far.
  package var assignments: [String] {
    messages.flatMap { $0.split(separator: "\n").map(String.init) }
  }
}
