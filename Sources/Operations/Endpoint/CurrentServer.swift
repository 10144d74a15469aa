import HummingbirdCore
import Synchronization

/// The server that an endpoint runs at the moment, so that it can be told to end in good order.
final class CurrentServer: Sendable {
  private struct State {
    var server: Server<GuardedChannel>?
    var isRunning = false
    var isClosing = false
  }

  private let state = Mutex(State())

  var isClosing: Bool { state.withLock { $0.isClosing } }

  /// A server is about to run; false if none may any more.
  func begin(_ server: Server<GuardedChannel>) -> Bool {
    state.withLock { state in
      guard !state.isClosing else { return false }
      state.server = server
      state.isRunning = false
      return true
    }
  }

  /// The server listens. If the endpoint was closed while it started, it ends.
  func runs() {
    let late = state.withLock { state in
      state.isRunning = true
      return state.isClosing ? state.server : nil
    }
    if let late { Task { await Self.end(late) } }
  }

  /// The server has ended.
  func end() {
    state.withLock { state in
      state.server = nil
      state.isRunning = false
    }
  }

  /// Ends the server: it stops listening, handles what it has accepted, and closes its connections.
  func close() async {
    let server = state.withLock { state in
      state.isClosing = true
      // One that does not listen yet must not be told: it would drop its channel.
      return state.isRunning ? state.server : nil
    }
    if let server { await Self.end(server) }
  }

  private static func end(_ server: Server<GuardedChannel>) async {
    // It fails only if the server has ended by itself meanwhile, which is as good.
    try? await server.shutdownGracefully()
  }
}
