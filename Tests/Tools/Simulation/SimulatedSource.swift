import BSON
package import Pipeline
import Updates

/// Events from the queue of a ``SimulatedBroker``, as `BrokerEventSource` has them from a real one.
///
/// `@unchecked Sendable`: see ``World``.
package final class SimulatedSource: LiveEventSource, @unchecked Sendable {
  private static let standByPause = 1_000_000

  private let broker: SimulatedBroker
  private let life: Life
  private let prefetch: Int
  private let isExclusive: Bool
  private(set) var link: ConsumerLink?
  private var isReleased = false
  /// The last tag of earlier connections.
  private var base: UInt64 = 0
  private var lastTag: UInt64 = 0
  /// Called with the events that are handed to the worker, and with those that it acknowledges.
  var didHandOut: ([SimulatedBroker.Entry]) -> Void = { _ in }
  var willAcknowledge: ([SimulatedBroker.Entry]) -> Void = { _ in }
  /// What the worker has in hand, with the tags that it sees and the times when it was handed out.
  private(set) var inHand: [(tag: UInt64, entry: SimulatedBroker.Entry, time: Int64)] = []
  /// What was in hand when the source was closed.
  private(set) var givenBack: [SimulatedBroker.Entry] = []

  package init(_ broker: SimulatedBroker, life: Life, prefetch: Int = 300, isExclusive: Bool = false) {
    self.broker = broker
    self.life = life
    self.prefetch = prefetch
    self.isExclusive = isExclusive
  }

  package var isConsuming: Bool { link?.isConsuming ?? false }

  package func connect() async throws {
    await close()
    let link = ConsumerLink(life: life, prefetch: prefetch, isExclusive: isExclusive)
    try await life.call(.connect, of: broker.server, "connects to consume") { _ in }
    self.link = link
    isReleased = false
    base = lastTag
    inHand = []
    try await tryToConsume(link)
  }

  private func tryToConsume(_ link: ConsumerLink) async throws {
    let broker = broker
    _ = try await life.call(.read, of: broker.server, "asks for the queue") { _ in broker.consume(link) }
    if let fault = link.fault { throw fault }
  }

  package func next(limit: Int) async throws -> [Delivery] {
    try life.check()
    guard let link else { throw life.fail("not connected") }
    while !link.isConsuming, !isReleased {
      if let fault = link.fault { throw fault }
      let pause = Waiter()
      broker.world.after(Self.standByPause) { pause.end() }
      try await life.wait(pause)
      if !isReleased { try await tryToConsume(link) }
    }
    while link.inbox.isEmpty {
      if isReleased { return [] }
      try await link.arrived()
    }
    return take(limit, from: link)
  }

  package func arrived(limit: Int) async throws -> [Delivery] {
    try life.check()
    guard let link, link.isConsuming, !link.inbox.isEmpty else { return [] }
    return take(limit, from: link)
  }

  private func take(_ limit: Int, from link: ConsumerLink) -> [Delivery] {
    let taken = link.inbox.prefix(max(limit, 1)).map {
      (tag: base + $0.tag, entry: $0.entry, time: broker.world.wallTime)
    }
    link.inbox.removeFirst(taken.count)
    if let last = taken.last { lastTag = max(lastTag, last.tag) }
    inHand += taken
    didHandOut(taken.map(\.entry))
    broker.world.note("worker \(life.number): takes \(taken.map(\.entry.event))")
    return taken.map {
      Delivery(content: .json($0.entry.body), tag: $0.tag, isRedelivered: $0.entry.isRedelivered)
    }
  }

  package func acknowledge(_ tags: [UInt64]) async throws {
    try life.check()
    guard let link else { throw life.fail("not connected") }
    let done = Set(tags)
    willAcknowledge(inHand.filter { done.contains($0.tag) }.map(\.entry))
    inHand.removeAll { done.contains($0.tag) }
    let (known, offset) = (Set(done.filter { $0 > base }.map { $0 - base }), base)
    if known.isEmpty { return }
    if let fault = link.fault { throw fault }
    let broker = broker
    broker.world.note("worker \(life.number): acknowledges \(known.map { $0 + offset }.sorted())")
    if broker.world.fault(of: .acknowledge) != nil {
      // It may have been written, but the broker does not read it.
      broker.world.after(broker.world.latency()) { link.lose("RabbitMQ broke the connection") }
      broker.world.after(broker.world.latency()) { broker.forget(link) }
      return
    }
    broker.world.after(broker.world.latency()) { broker.acknowledge(link, known) }
  }

  package func release() async throws {
    try life.check()
    isReleased = true
    guard let link else { return }
    link.isReleased = true
    link.inbox = []
    link.wake()
    if let fault = link.fault { throw fault }
    // An exclusive consumer keeps the queue until its connection closes.
    if isExclusive { return }
    let broker = broker
    try await life.call(.read, of: broker.server, "stops consuming") { _ in broker.cancel(link) }
  }

  package func close() async {
    guard let link else { return }
    self.link = nil
    givenBack = inHand.map(\.entry)
    inHand = []
    link.close()
    broker.world.after(broker.world.isCalm ? 0 : broker.world.latency()) { [broker] in broker.forget(link) }
  }
}
