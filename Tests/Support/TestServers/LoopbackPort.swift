import Foundation
import Synchronization

/// Ports of the loopback interface.
package enum LoopbackPort {
  private static let given = Mutex<Set<Int>>([])

  /// A port on which nobody listens. Each is given out only once in a test run.
  ///
  /// The ports are below those that the system uses for outgoing connections, so that none of these can take
  /// the port of a server that is down.
  package static func free() throws -> Int {
    for _ in 0..<1000 {
      let port = Int.random(in: 15_000..<32_000)
      let isNew = given.withLock { $0.insert(port).inserted }
      if isNew, try isFree(port) { return port }
    }
    throw TestServerError("no port is free")
  }

  private static func isFree(_ port: Int) throws -> Bool {
    try withSocket { socket in
      var address = loopback(port: port)
      return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
    }
  }

  /// Whether a server listens.
  package static func isOpen(_ port: Int) throws -> Bool {
    try withSocket { socket in
      var address = loopback(port: port)
      return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
    }
  }

  private static func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    return address
  }

  private static func withSocket<Result>(_ body: (Int32) throws -> Result) throws -> Result {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw TestServerError("no socket is free") }
    defer { close(socket) }
    return try body(socket)
  }
}
