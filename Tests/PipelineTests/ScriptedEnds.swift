import Pipeline
import Synchronization
import Updates

/// An outage, or a fault that waiting does not mend.
struct ScriptedFault: ServerFault, Equatable {
  let message: String
  var isRetryable = true
}

/// Fails as often as it is told to.
final class Outage: Sendable {
  private let left = Mutex<[ScriptedFault]>([])

  func plan(_ faults: ScriptedFault...) { left.withLock { $0 += faults } }

  func strike() throws {
    let fault = left.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    if let fault { throw fault }
  }
}

/// Hands out prepared batches, then waits for the end.
actor ScriptedSource: LiveEventSource {
  let connecting = Outage()
  let acknowledging = Outage()
  private var waiting: [[Delivery]]
  private var unacknowledged: [Delivery] = []
  private var isReleased = false
  private var sleeper: CheckedContinuation<Void, Never>?
  private var finisher: CheckedContinuation<Void, Never>?
  private(set) var acknowledged: [UInt64] = []
  private(set) var connections = 0

  init(_ batches: [[Delivery]]) {
    waiting = batches
  }

  func connect() async throws {
    connections += 1
    try connecting.strike()
    if !unacknowledged.isEmpty {
      // What was not acknowledged comes again.
      waiting.insert(unacknowledged, at: 0)
      unacknowledged = []
    }
  }

  /// Returns when everything has been acknowledged.
  func allDone() async {
    if waiting.isEmpty, unacknowledged.isEmpty { return }
    await withCheckedContinuation { finisher = $0 }
  }

  func next(limit: Int) async throws -> [Delivery] {
    if waiting.isEmpty, !isReleased { await withCheckedContinuation { sleeper = $0 } }
    guard !waiting.isEmpty, !isReleased else { return [] }
    let batch = waiting.removeFirst()
    unacknowledged += batch
    return batch
  }

  func acknowledge(through tag: UInt64) async throws {
    try acknowledging.strike()
    acknowledged += unacknowledged.map(\.tag).filter { $0 <= tag }
    unacknowledged.removeAll { $0.tag <= tag }
    if waiting.isEmpty, unacknowledged.isEmpty {
      finisher?.resume()
      finisher = nil
    }
  }

  func release() async {
    isReleased = true
    sleeper?.resume()
    sleeper = nil
  }

  func close() async {}
}

/// Keeps what is published, in order.
actor ScriptedPublisher: LivePublisher {
  let connecting = Outage()
  let publishing = Outage()
  private(set) var isReady = false
  private(set) var messages: [UpdateMessage] = []

  func connect() async throws {
    try connecting.strike()
    isReady = true
  }

  func publish(_ messages: [UpdateMessage]) async throws -> [Int: String] {
    do {
      try publishing.strike()
    } catch {
      isReady = false
      throw error
    }
    self.messages += messages
    return [:]
  }

  func close() async { isReady = false }
}

/// Keeps bad events.
actor ScriptedDeadLetters: DeadLetters {
  private(set) var letters: [(tag: UInt64, reason: String)] = []

  func bury(_ delivery: Delivery, because error: BadEvent) async throws {
    letters.append((delivery.tag, error.description))
  }
}
