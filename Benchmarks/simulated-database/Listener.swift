import Foundation

/// A listening TCP socket on 127.0.0.1.
struct Listener {
  private let socket: Socket

  init(port: UInt16) throws {
    let descriptor = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw SocketError("make a socket") }
    socket = Socket(descriptor)
    var yes: Int32 = 1
    // If this fails, the port may be in use for a while after an earlier process; bind says so.
    _ = setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isBound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isBound, listen(descriptor, 64) == 0 else { throw SocketError("listen on port \(port)") }
  }

  func accept() throws -> Socket {
    let descriptor = Foundation.accept(socket.descriptor, nil, nil)
    guard descriptor >= 0 else { throw SocketError("accept a connection") }
    var yes: Int32 = 1
    // If this fails, answers come a little later.
    _ = setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    return Socket(descriptor)
  }
}
