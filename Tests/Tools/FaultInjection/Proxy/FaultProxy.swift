import Foundation
import Synchronization
import TestServers

/// A TCP proxy in front of a server on this machine, which can harm the traffic. One thread serves all
/// connections.
package final class FaultProxy: Sendable {
  /// The direction of bytes.
  package enum Direction: Sendable, CaseIterable {
    /// From the worker to the server.
    case toServer
    /// From the server to the worker.
    case toClient
  }

  /// What happens to the bytes of a direction on all connections.
  package enum Interference: Sendable, Equatable {
    /// Everything passes at once.
    case none
    /// Everything passes later by this time.
    case delay(Duration)
    /// Nothing passes and nothing is refused, as in a lost network. The bytes that were held pass when this
    /// ends.
    case hold
    /// Every byte is sent by itself.
    case fragments
  }

  /// How connections end.
  package enum Ending: Sendable {
    /// With a regular end, as far as TCP can tell.
    case cut
    /// With a reset.
    case reset
  }

  /// When and how all connections end.
  struct Plan {
    let ending: Ending
    let direction: Direction
    /// How many more bytes may pass in the direction.
    var bytes: Int
    /// No more bytes may pass in the direction once this has come; `nil` for whatever comes.
    var text: [UInt8]?
    /// Whether new connections are refused from then on.
    let isForGood: Bool
  }

  /// What the proxy must do, shared with its thread.
  final class Orders: Sendable {
    let state = Mutex(State())
  }

  struct State {
    var interference: [Direction: Interference] = [:]
    var planned: Plan?
    var isClosed = false
  }

  /// Where it listens, on 127.0.0.1.
  package let port: Int
  private let orders = Orders()
  private let wakeUp: WakeUp

  /// - Parameter serverPort: A port on this machine.
  package init(of serverPort: Int) throws {
    port = try LoopbackPort.free()
    wakeUp = try WakeUp()
    let loop = try ProxyLoop(port: port, serverPort: serverPort, wakeUp: wakeUp)
    let thread = Thread { [orders] in loop.run(orders) }
    thread.name = "proxy-\(port)"
    thread.start()
  }

  deinit { close() }

  /// Interferes with all connections from now on.
  package func set(_ interference: Interference, _ directions: [Direction] = Direction.allCases) {
    orders.state.withLock { orders in
      for direction in directions { orders.interference[direction] = interference }
    }
    wakeUp.signal()
  }

  /// Ends all connections once this many more bytes have passed in a direction; 0 means now.
  ///
  /// - Parameter isForGood: Whether new connections are refused from then on, as by a server that has died. Otherwise they
  ///   are served as before.
  package func end(
    _ ending: Ending, after bytes: Int = 0, _ direction: Direction = .toServer, isForGood: Bool = false
  ) {
    plan(Plan(ending: ending, direction: direction, bytes: bytes, isForGood: isForGood))
  }

  /// Ends all connections, for good, when a connection's client is about to send this text, which does not pass any more.
  /// The text must come in one piece, as the name of a command does.
  package func endForGood(_ ending: Ending, insteadOf text: String) {
    plan(
      Plan(ending: ending, direction: .toServer, bytes: .max, text: Array(text.utf8), isForGood: true))
  }

  private func plan(_ plan: Plan) {
    orders.state.withLock { $0.planned = plan }
    wakeUp.signal()
  }

  /// Whether connections still have to end.
  package var isEndingPlanned: Bool { orders.state.withLock { $0.planned != nil } }

  /// Lets everything pass again and ends no connection.
  package func heal() {
    orders.state.withLock { $0 = State() }
    wakeUp.signal()
  }

  /// Ends all connections and stops listening.
  package func close() {
    orders.state.withLock { $0.isClosed = true }
    wakeUp.signal()
  }
}
