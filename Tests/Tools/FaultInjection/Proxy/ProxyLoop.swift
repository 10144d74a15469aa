import Synchronization
import Foundation
import TestServers

/// The thread of a proxy: waits for its sockets and moves bytes between them.
///
/// `@unchecked Sendable`: it is made on one thread and handed to another, which alone uses it from then on.
final class ProxyLoop: @unchecked Sendable {
  /// -1 when it no longer listens; `poll` ignores that.
  private var listener: Int32
  private let serverPort: Int
  private let wakeUp: WakeUp
  private var links: [ProxyLink] = []

  init(port: Int, serverPort: Int, wakeUp: WakeUp) throws {
    self.serverPort = serverPort
    self.wakeUp = wakeUp
    listener = socket(
      AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard listener >= 0 else { throw TestServerError("no socket is free: errno \(errno)") }
    var one: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    let isListening = withLoopback(port) { bind(listener, $0, $1) == 0 } && listen(listener, 64) == 0
    guard isListening else { throw TestServerError("cannot listen at port \(port): errno \(errno)") }
  }

  deinit { stopListening() }

  /// Runs until the orders say that the proxy is closed.
  func run(_ orders: FaultProxy.Orders) {
    while true {
      let present = orders.state.withLock { $0 }
      if present.isClosed { break }
      var budget = present.planned?.bytes
      if budget == 0, let planned = present.planned {
        // Whoever has seen the end must not be let in once more.
        if planned.isForGood { stopListening() }
        end(planned.ending)
        orders.state.withLock { $0.planned = nil }
        continue
      }
      let polled = wait(present.interference)
      wakeUp.drain()
      if polled[1].revents != 0 { accept() }
      for (index, link) in links.enumerated() where 3 + 2 * index < polled.count {
        link.serve(
          polled[2 + 2 * index].revents, polled[3 + 2 * index].revents, present.interference,
          planned: present.planned?.direction, until: present.planned?.text, budget: &budget)
      }
      links.removeAll { $0.isOver }
      if let budget, let planned = present.planned {
        // Other orders may have come in the meantime.
        let passed = planned.bytes - budget
        orders.state.withLock { orders in
          if let bytes = orders.planned?.bytes { orders.planned?.bytes = max(0, bytes - passed) }
        }
      }
    }
    end(.cut)
  }

  private func stopListening() {
    if listener >= 0 { close(listener) }
    listener = -1
  }

  private func end(_ ending: FaultProxy.Ending) {
    for link in links { link.end(ending) }
    links = []
  }

  /// Waits until something can be moved.
  private func wait(_ interference: [FaultProxy.Direction: FaultProxy.Interference]) -> [pollfd] {
    var polled = [
      pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
    ]
    var timeout: Int32 = -1
    for link in links {
      polled += link.interest(interference)
      if let delay = link.milliseconds(interference) { timeout = timeout < 0 ? delay : min(timeout, delay) }
    }
    poll(&polled, nfds_t(polled.count), timeout)
    return polled
  }

  private func accept() {
    while true {
      let client = Foundation.accept(listener, nil, nil)
      guard client >= 0 else { return }
      // A worker that starts now must not inherit the connection.
      _ = fcntl(client, F_SETFD, FD_CLOEXEC)
      _ = fcntl(client, F_SETFL, O_NONBLOCK)
      let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
      guard server >= 0, withLoopback(serverPort, { connect(server, $0, $1) == 0 }) else {
        // There is no server: the client is told what it would be told without the proxy.
        if server >= 0 { close(server) }
        ProxyLink.close(client, .reset)
        continue
      }
      _ = fcntl(server, F_SETFL, O_NONBLOCK)
      links.append(ProxyLink(client: client, server: server))
    }
  }
}

/// Lends the address of a port on this machine.
private func withLoopback<Result>(
  _ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = in_port_t(port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
}
