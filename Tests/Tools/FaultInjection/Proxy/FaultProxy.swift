import Foundation
import Synchronization
import TestServers

/// A TCP proxy in front of a server of this machine, which harms what passes through it when it is told to. One
/// thread serves all connections.
package final class FaultProxy: Sendable {
  /// Which way bytes go.
  package enum Direction: Sendable, CaseIterable {
    /// From the worker to the server.
    case toServer
    /// From the server to the worker.
    case toClient
  }

  /// What happens to the bytes of a direction, on all connections.
  package enum Interference: Sendable, Equatable {
    /// Everything passes at once.
    case none
    /// Everything passes that much later.
    case delay(Duration)
    /// Nothing passes and nothing is refused: a network that has gone. What was held passes when this ends.
    case hold
    /// Every byte is sent by itself.
    case fragments
  }

  /// How connections are ended.
  package enum Ending: Sendable {
    /// In good order, as far as TCP can tell.
    case cut
    /// By a reset.
    case reset
  }

  /// What a proxy is to do, shared with its thread.
  final class Orders: Sendable {
    let state = Mutex(State())
  }

  struct State {
    var interference: [Direction: Interference] = [:]
    /// Every connection is ended when so many bytes more have passed in a direction.
    var planned: (ending: Ending, direction: Direction, bytes: Int)?
    var isClosed = false
  }

  /// Where it listens, on 127.0.0.1.
  package let port: Int
  private let orders = Orders()
  private let wakeUp: WakeUp

  /// Stands in front of the server at this port.
  package init(of serverPort: Int) throws {
    port = try LoopbackPort.free()
    wakeUp = try WakeUp()
    let loop = try ProxyLoop(port: port, serverPort: serverPort, wakeUp: wakeUp)
    let thread = Thread { [orders] in loop.run(orders) }
    thread.name = "proxy-\(port)"
    thread.start()
  }

  deinit { close() }

  /// Harms everything from now on, until told otherwise.
  package func set(_ interference: Interference, _ directions: [Direction] = Direction.allCases) {
    orders.state.withLock { orders in
      for direction in directions { orders.interference[direction] = interference }
    }
    wakeUp.signal()
  }

  /// Ends all connections once so many bytes more have passed in a direction; now, when it is none. New ones
  /// are served as before.
  package func end(_ ending: Ending, after bytes: Int = 0, _ direction: Direction = .toServer) {
    orders.state.withLock { $0.planned = (ending, direction, bytes) }
    wakeUp.signal()
  }

  /// Whether connections are still to be ended.
  package var isEndingPlanned: Bool { orders.state.withLock { $0.planned != nil } }

  /// Passes everything again and ends nothing.
  package func heal() {
    orders.state.withLock { $0 = State() }
    wakeUp.signal()
  }

  /// Ends all connections and listens no more.
  package func close() {
    orders.state.withLock { $0.isClosed = true }
    wakeUp.signal()
  }
}
