import Maintenance
import Pipeline
import Synchronization

/// Delivers events as a script says.
final class ScriptedTap: EventTap {
  enum Step: Sendable {
    /// Delivers these events, as many at once as are asked for.
    case events([String])
    /// Does something once everything before is done with.
    case action(@Sendable () async throws -> Void)
    /// Loses the connection.
    case fault(any Error)
  }

  private struct State {
    var steps: ArraySlice<Step>
    var connections = 0
    var isReleased = false
    var refusals: [any Error] = []
  }

  private let state: Mutex<State>
  private let drops: DroppedEvents

  /// - Parameter refusals: What the attempts to connect throw, from the second on: the first one works.
  init(
    _ steps: [Step], refusals: [any Error] = [], dropped: DroppedEvents = .init(count: 0, isLowerBound: false)
  ) {
    state = Mutex(State(steps: steps[...], refusals: refusals))
    drops = dropped
  }

  var connections: Int { state.withLock { $0.connections } }

  func connect() async throws {
    try state.withLock { state in
      state.connections += 1
      if state.connections > 1, !state.refusals.isEmpty { throw state.refusals.removeFirst() }
    }
  }

  func next(limit: Int) async throws -> [[UInt8]] {
    while true {
      let step = state.withLock { $0.isReleased ? nil : $0.steps.popFirst() }
      switch step {
      case nil: return []
      case .action(let body): try await body()
      case .fault(let error): throw error
      case .events(let events):
        let rest = Array(events.dropFirst(limit))
        if !rest.isEmpty {
          state.withLock { $0.steps = [.events(rest)] + $0.steps }
        }
        return events.prefix(limit).map { Array($0.utf8) }
      }
    }
  }

  func release() async { state.withLock { $0.isReleased = true } }

  func dropped() async -> DroppedEvents { drops }

  func close() async {}
}
