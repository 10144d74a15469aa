package import Pipeline
import Updates

/// A RabbitMQ in memory: the worker's queue, the dead letters, and the exchange of the updates. Clients reach it
/// through ``SimulatedSource``, ``SimulatedPublisher`` and ``SimulatedDeadLetters``.
///
/// `@unchecked Sendable`: see ``World``.
package final class SimulatedBroker: @unchecked Sendable {
  /// A message in the queue of events.
  struct Entry {
    /// Its place in the queue, to which it comes back.
    let position: Int
    /// Which event of the traffic it is.
    let event: Int
    let body: [UInt8]
    var isRedelivered = false
  }

  let server = Life.Server("RabbitMQ")
  let world: World
  /// The latest first.
  private var queue: [Entry] = []
  private var enqueued = 0
  private(set) var consumers: [ConsumerLink] = []
  private(set) var publishers: [PublisherLink] = []
  private(set) var deadLetters: [[UInt8]] = []
  /// What has reached the exchange of the updates, in a calm world.
  package private(set) var routed: [UpdateMessage] = []
  /// Who may sweep.
  private(set) var sweepOwner: PublisherLink?
  /// Until when no messages of publishers are taken.
  private(set) var blockedUntil: Int64 = 0
  private var turn = 0

  /// Called when an event is delivered.
  var didDeliver: (Entry) -> Void = { _ in }
  /// Called with events that come back to the queue after later ones were delivered on another connection, or whose
  /// first occurrence may do so.
  var didReturnLate: ([Entry]) -> Void = { _ in }
  /// Called when a message reaches the exchange, through the connection that is given.
  var didRoute: (UpdateMessage, PublisherLink) -> Void = { _, _ in }
  var didConfirm: (UpdateMessage) -> Void = { _ in }
  /// Called when the broker refuses a message, which may be routed all the same.
  var didRefuse: (UpdateMessage) -> Void = { _ in }
  var didBury: ([UInt8]) -> Void = { _ in }

  package init(world: World) {
    self.world = world
  }

  /// How many events are in the queue, and how many of them are delivered.
  var count: (ready: Int, delivered: Int) {
    (queue.count, consumers.reduce(0) { $0 + $1.unacknowledged.count })
  }

  // MARK: - Events

  /// Puts an event into the queue.
  package func send(_ body: [UInt8], event: Int = 0) {
    queue.insert(Entry(position: enqueued, event: event, body: body), at: 0)
    enqueued += 1
    deliver()
  }

  /// False when somebody else has the queue exclusively, or when it is wanted exclusively and somebody has it.
  func consume(_ link: ConsumerLink) -> Bool {
    // What an ended process has sent comes too late.
    guard link.isKnown, link.fault == nil, !link.life.isOver else { return false }
    guard consumers.allSatisfy({ !$0.isConsuming || !($0.isExclusive || link.isExclusive) }) else {
      return false
    }
    link.isConsuming = true
    consumers.append(link)
    deliver()
    return true
  }

  private func deliver() {
    while !queue.isEmpty, let link = nextConsumer() {
      guard let entry = queue.popLast() else { return }
      didDeliver(entry)
      // The event was sent twice, and its first occurrence is somewhere else, where it may be lost.
      if consumers.contains(where: {
        $0 !== link && $0.unacknowledged.contains { $0.entry.event == entry.event }
      }) {
        didReturnLate([entry])
      }
      for other in consumers where other !== link {
        other.latestElsewhere = max(other.latestElsewhere, entry.position)
      }
      link.send(entry, in: world)
    }
  }

  /// The consumers take turns, as long as their prefetch allows.
  private func nextConsumer() -> ConsumerLink? {
    for _ in consumers.indices {
      turn = (turn + 1) % consumers.count
      let link = consumers[turn]
      if link.isConsuming, link.unacknowledged.count < link.prefetch { return link }
    }
    return nil
  }

  func acknowledge(_ link: ConsumerLink, _ tags: Set<UInt64>) {
    guard link.isKnown else { return }
    link.unacknowledged.removeAll { tags.contains($0.tag) }
    deliver()
  }

  /// Ends the consumer, but not its connection.
  func cancel(_ link: ConsumerLink) {
    link.isConsuming = false
    deliver()
  }

  /// The connection is gone, and the broker knows it: everything that is not acknowledged goes back, each event to
  /// its place.
  func forget(_ link: ConsumerLink) {
    guard link.isKnown else { return }
    link.isKnown = false
    link.isConsuming = false
    consumers.removeAll { $0 === link }
    let returned = link.unacknowledged.map(\.entry)
    link.unacknowledged = []
    if !returned.isEmpty { world.note("the broker takes back \(returned.map(\.event))") }
    didReturnLate(returned.filter { $0.position < link.latestElsewhere })
    for var entry in returned {
      entry.isRedelivered = true
      let index = queue.firstIndex { $0.position < entry.position } ?? queue.endIndex
      queue.insert(entry, at: index)
    }
    deliver()
  }

  // MARK: - Updates

  func open(_ link: PublisherLink) { publishers.append(link) }

  /// False when another connection sweeps.
  func claim(_ link: PublisherLink) -> Bool {
    guard link.fault == nil, !link.life.isOver, sweepOwner == nil || sweepOwner === link else { return false }
    sweepOwner = link
    return true
  }

  func forget(_ link: PublisherLink) {
    publishers.removeAll { $0 === link }
    if sweepOwner === link { sweepOwner = nil }
  }

  func route(_ message: UpdateMessage, from link: PublisherLink) {
    if world.isCalm { routed.append(message) }
    didRoute(message, link)
  }

  // MARK: - Dead letters

  func bury(_ body: [UInt8]) {
    deadLetters.append(body)
    didBury(body)
  }

  /// Tells nobody any more what happens.
  func endObservation() {
    (didDeliver, didReturnLate, didRoute) = ({ _ in }, { _ in }, { _, _ in })
    (didConfirm, didRefuse, didBury) = ({ _ in }, { _ in }, { _ in })
  }

  // MARK: - Faults

  func block(until time: Int64) { blockedUntil = max(blockedUntil, time) }

  /// Ends all connections. Until the given time there are no new ones.
  func restart(until time: Int64) {
    server.downUntil = max(server.downUntil, time)
    let links = consumers
    for link in links { link.lose("RabbitMQ went down") }
    for link in links { forget(link) }
    for link in publishers {
      link.lose("RabbitMQ went down")
      forget(link)
    }
  }
}
