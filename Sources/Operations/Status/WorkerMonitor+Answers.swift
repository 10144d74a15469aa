import CoreMetrics
import Foundation
import Pipeline
import Synchronization

/// What the monitor tells the outside.
extension WorkerMonitor {
  /// The text of `/metrics`.
  package func metrics(_ format: Exposition.Format) -> String {
    refresh()
    var exposition = Exposition(format)
    for (family, values) in registry.values { exposition.add(family, values) }
    exposition.add(buildInfo, [.number(1)])
    for (family, value) in ProcessFigures().values { exposition.add(family, [.number(value)]) }
    return exposition.finish()
  }

  /// Sets the gauges that depend on the time, and tells the listener if time alone has changed the health.
  func refresh() {
    change { _ in }
    let (uptime, lag) = (uptime, lagSeconds)
    instruments.lag.set(lag)
    let (inHand, unconfirmed, isStoreSilent) = state.withLock { state in
      state.rates.add(state.counts, at: uptime)
      return (state.eventsInHand, state.unconfirmed, state.facts.store.reason(at: uptime) != nil)
    }
    instruments.inHand.set(inHand)
    instruments.unconfirmed.set(unconfirmed)
    // An answer sets it again.
    if isStoreSilent { instruments.connected[Peer.mongodb.rawValue]?.set(0) }
  }

  /// The age in seconds of the oldest event in hand.
  private var lagSeconds: Double {
    let oldest = state.withLock { $0.createdAt.min() }
    return oldest.map { age(of: $0, at: now) } ?? 0
  }

  package var status: WorkerStatus {
    let (uptime, lag) = (uptime, lagSeconds)
    let state = state.withLock { $0 }
    let health = Health(state.facts, at: uptime)
    let rates = state.rates.rates(state.counts, at: uptime)
    let facts = state.facts
    func link(_ link: HealthFacts.Link, blocked: Bool?) -> WorkerStatus.Link {
      WorkerStatus.Link(connected: link.isConnected, blocked: blocked, lastError: link.fault)
    }
    let peers = [
      Peer.mongodb.rawValue: WorkerStatus.Link(
        connected: facts.store.reason(at: uptime) == nil, blocked: nil, lastError: facts.store.lastFault),
      Peer.consume.rawValue: link(facts.consume, blocked: nil),
      Peer.publish.rawValue: link(facts.publish, blocked: facts.publish.blocked != nil),
    ]
    return WorkerStatus(
      version: version,
      role: facts.isStopping ? "stopping" : facts.isStarted ? facts.role?.rawValue ?? "waiting" : "starting",
      since: Date(timeIntervalSince1970: started / 1000), ready: health.isReady, reasons: health.reasons,
      peers: peers,
      perSecond: WorkerStatus.Rates(
        events: rounded(rates.events), updatesStored: rounded(rates.stored),
        updatesPublished: rounded(rates.published)),
      lagSeconds: rounded(lag),
      inHand: WorkerStatus.InHand(events: state.eventsInHand, updatesUnconfirmed: state.unconfirmed),
      backlog: WorkerStatus.Backlog(
        queueMessages: state.backlog.queueMessages, queueConsumers: state.backlog.queueConsumers,
        updatesUnpublished: state.backlog.unpublished),
      deadLetters: state.backlog.deadLetters,
      lastSweep: state.lastSweep.map {
        WorkerStatus.Sweep(at: Date(timeIntervalSince1970: $0 / 1000), published: state.swept)
      })
  }
}

/// With three decimals.
private func rounded(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
