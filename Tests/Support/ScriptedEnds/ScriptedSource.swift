import Updates
package import Pipeline
import Synchronization

/// Hands out the given rounds of deliveries, then waits for its release.
package actor ScriptedSource: LiveEventSource {
  package nonisolated let connecting = Outage()
  package nonisolated let acknowledging = Outage()
  private var waiting: [[Delivery]]
  private var unacknowledged: [Delivery] = []
  private var isReleased = false
  private var sleeper: CheckedContinuation<Void, Never>?
  private var finisher: CheckedContinuation<Void, Never>?
  package private(set) var acknowledged: [UInt64] = []
  package private(set) var connections = 0
  /// False stands for a queue that another worker has for itself.
  package private(set) var isConsuming = true

  package init(_ rounds: [[Delivery]]) {
    waiting = rounds
  }

  package func connect() async throws {
    connections += 1
    try connecting.strike()
    if !unacknowledged.isEmpty {
      // Events that were not acknowledged are redelivered.
      waiting.insert(unacknowledged, at: 0)
      unacknowledged = []
    }
  }

  package func standBy(_ standsBy: Bool) { isConsuming = !standsBy }

  /// Returns when everything has been acknowledged.
  package func allDone() async {
    if waiting.isEmpty, unacknowledged.isEmpty { return }
    await withCheckedContinuation { finisher = $0 }
  }

  package func next(limit: Int) async throws -> [Delivery] {
    if waiting.isEmpty, !isReleased { await withCheckedContinuation { sleeper = $0 } }
    guard !waiting.isEmpty, !isReleased else { return [] }
    let round = waiting.removeFirst()
    unacknowledged += round
    return round
  }

  /// A round begins only when the one before is done.
  package func arrived(limit: Int) async throws -> [Delivery] { [] }

  package func acknowledge(_ tags: [UInt64]) async throws {
    try acknowledging.strike()
    acknowledged += unacknowledged.map(\.tag).filter(tags.contains)
    unacknowledged.removeAll { tags.contains($0.tag) }
    if waiting.isEmpty, unacknowledged.isEmpty {
      finisher?.resume()
      finisher = nil
    }
  }

  package func release() async {
    isReleased = true
    sleeper?.resume()
    sleeper = nil
  }

  package func close() async {}
}
