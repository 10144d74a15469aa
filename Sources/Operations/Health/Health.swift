import Pipeline

/// Whether a worker lives, has started, and is ready, as decided from the facts.
package struct Health: Sendable, Equatable {
  /// A loop that has not gone on for so many seconds, without a known pause, is stuck.
  package static let longestPass = 60.0

  package let isLive: Bool
  package let isStarted: Bool
  package let role: HealthFacts.Role?
  /// Why the worker is not ready, each naming the peer; empty when it is ready.
  package let reasons: [String]

  package var isReady: Bool { reasons.isEmpty }

  package init(_ facts: HealthFacts, at now: Double) {
    // While RabbitMQ takes no messages, a round may take any time.
    let isPaused = facts.isPaused || facts.publish.blocked != nil
    isLive = isPaused || now - facts.passed <= Self.longestPass
    isStarted = facts.isStarted
    role = facts.role
    if facts.isStopping {
      reasons = ["the worker is stopping"]
      return
    }
    var reasons: [String] = []
    if let reason = facts.store.reason(at: now) { reasons.append("mongodb: \(reason)") }
    if let reason = facts.consume.reason {
      reasons.append("consume: \(reason)")
    } else if facts.role == nil {
      reasons.append("consume: the queue is not consumed yet")
    }
    if let reason = facts.publish.reason { reasons.append("publish: \(reason)") }
    if let peer = facts.waitsFor, reasons.isEmpty {
      reasons.append("\(peer.rawValue): the worker waits before it tries again what has failed")
    }
    if !facts.isStarted, reasons.isEmpty { reasons.append("the worker is starting") }
    self.reasons = reasons
  }
}

extension HealthFacts.Store {
  /// Why it cannot be used.
  package func reason(at now: Double) -> String? {
    if let fault { return fault }
    guard let answered else { return "MongoDB has not answered yet" }
    if let asked, now - max(asked, answered) > patience { return "MongoDB does not answer" }
    return nil
  }
}

extension HealthFacts.Link {
  /// Why it cannot be used.
  package var reason: String? {
    if !isConnected { return fault ?? "RabbitMQ is not connected yet" }
    return blocked.map { "RabbitMQ takes no messages: \($0)" }
  }
}
