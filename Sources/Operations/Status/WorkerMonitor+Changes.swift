import CoreMetrics
package import Pipeline
import Synchronization
import Updates

/// What is told to the monitor besides the work: changes, and what look-ups have found.
extension WorkerMonitor {
  package func note(_ notice: WorkerNotice) {
    switch notice {
    case .ready: change { $0.facts.isStarted = true }
    case .waiting(let peer, let reason):
      change { state in
        state.facts.waitsFor = peer
        // It may answer what it is asked beside the rounds, and fail the rounds all the same.
        if peer == .mongodb { state.facts.store.lastFault = reason }
      }
    case .recovered: change { $0.facts.waitsFor = nil }
    case .unsendable: break
    case .round(let tally):
      for (type, count) in tally.events { instruments.handled[type]?.increment(by: count) }
      for (code, count) in tally.badEvents { instruments.bad[code.rawValue]?.increment(by: count) }
      let ignored = tally.ignored.values.reduce(0, +)
      if ignored > 0 { instruments.ignored.increment(by: ignored) }
      state.withLock { $0.counts.events += tally.totalEvents }
    }
  }

  /// The first step of a shutdown: from now on the worker is not ready.
  package func stopping() { change { $0.facts.isStopping = true } }

  /// A connection to RabbitMQ is open.
  package func connected(_ peer: Peer) {
    reached(peer)
    change { state in
      state.change(peer) { link in
        link.isConnected = true
        link.blocked = nil
      }
    }
  }

  /// A connection to RabbitMQ is over, or could not be made.
  package func lost(_ peer: Peer, because reason: String) {
    instruments.connected[peer.rawValue]?.set(0)
    if peer == .consume { instruments.active.set(0) }
    if peer == .publish { instruments.blocked.set(0) }
    change { state in
      if peer == .consume { state.facts.role = nil }
      state.change(peer) { link in
        link = HealthFacts.Link()
        link.fault = reason
      }
    }
  }

  /// RabbitMQ takes no messages, for the given reason; `nil` when it takes them again.
  package func blocked(_ reason: String?) {
    instruments.blocked.set(reason == nil ? 0 : 1)
    change { $0.facts.publish.blocked = reason }
  }

  package func consumes(as role: HealthFacts.Role) {
    instruments.active.set(role == .active ? 1 : 0)
    change { $0.facts.role = role }
  }

  /// RabbitMQ has refused messages with a nack.
  package func refused(_ count: Int) { instruments.nacks.increment(by: count) }

  /// A sweep has published so many updates.
  package func swept(_ count: Int) {
    instruments.swept.increment(by: count)
    state.withLock { $0.swept += count }
  }

  /// A sweep has come to its end.
  package func sweepEnded() {
    let now = now
    state.withLock { $0.lastSweep = now }
  }

  // MARK: - The database

  /// Whether a worker that has started has nothing in hand, so that no round shows how the servers are.
  var isIdle: Bool {
    state.withLock { $0.facts.isStarted && $0.eventsInHand == 0 && $0.facts.waitsFor == nil }
  }

  /// Whether it is time to ask the database whether it is there: the work has not shown it for so long.
  func mustAsk(after seconds: Double) -> Bool {
    let uptime = uptime
    return state.withLock { state in
      let store = state.facts.store
      return store.fault != nil || uptime - (store.answered ?? -.infinity) >= seconds
    }
  }

  func asksStore() {
    let uptime = uptime
    state.withLock { $0.facts.store.asked = uptime }
  }

  func storeAnswered() {
    let uptime = uptime
    reached(.mongodb)
    change { $0.facts.store.answer(at: uptime) }
  }

  func storeFailed(_ reason: String) {
    instruments.connected[Peer.mongodb.rawValue]?.set(0)
    change { state in
      state.facts.store.asked = nil
      state.facts.store.fault = reason
      state.facts.store.lastFault = reason
    }
  }

  // MARK: - Look-ups

  func found(_ change: (inout BacklogFigures) -> Void) {
    let backlog = state.withLock { state in
      change(&state.backlog)
      return state.backlog
    }
    if let count = backlog.queueMessages { instruments.queueMessages.set(count) }
    if let count = backlog.queueConsumers { instruments.queueConsumers.set(count) }
    if let count = backlog.deadLetters { instruments.deadLetters.set(count) }
    if let count = backlog.unpublished { instruments.unpublished.set(count) }
  }

  /// Notes that a server is there, which is a reconnection unless it is the first time or it was there all along.
  private func reached(_ peer: Peer) {
    let (isFirst, wasThere) = state.withLock { state in
      (state.reached.insert(peer).inserted, state.isThere(peer))
    }
    instruments.connected[peer.rawValue]?.set(1)
    if !isFirst, !wasThere { instruments.reconnects[peer.rawValue]?.increment() }
  }
}

extension WorkerMonitor.State {
  fileprivate mutating func change(_ peer: Peer, _ change: (inout HealthFacts.Link) -> Void) {
    switch peer {
    case .consume: change(&facts.consume)
    case .publish: change(&facts.publish)
    case .mongodb: break
    }
  }

  fileprivate func isThere(_ peer: Peer) -> Bool {
    switch peer {
    case .consume: facts.consume.isConnected
    case .publish: facts.publish.isConnected
    case .mongodb: facts.store.fault == nil
    }
  }
}
