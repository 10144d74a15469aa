import Pipeline
import RabbitBroker
import Updates

/// A connection that publishes updates, seen from both of its ends. The client counts the confirms as the product
/// does.
///
/// `@unchecked Sendable`: see ``World``.
final class PublisherLink: @unchecked Sendable {
  let life: Life
  private let broker: SimulatedBroker
  private(set) var fault: SimulatedFault?
  private var confirms = Confirms()
  private var nextTag: UInt64 = 1
  private var waiters: [Int: Waiter] = [:]
  private var refused: [Int: [Int]] = [:]

  init(life: Life, broker: SimulatedBroker) {
    self.life = life
    self.broker = broker
  }

  /// The client notices that the connection is gone.
  func lose(_ words: String) {
    if fault == nil { end(life.fail(words)) }
  }

  /// The client ends the connection.
  func close() {
    if fault == nil { end(SimulatedFault(message: "the connection is closed")) }
  }

  private func end(_ fault: SimulatedFault) {
    self.fault = fault
    for waiter in waiters.values { waiter.end() }
    waiters = [:]
  }

  /// Sends the messages and waits for their confirms; returns the offsets of those that are refused.
  func transmit(_ messages: [UpdateMessage]) async throws -> [Int] {
    if let fault { throw fault }
    let id = confirms.begin(capacity: messages.count)
    for _ in messages { confirms.write() }
    _ = confirms.end(id)
    let first = nextTag
    nextTag += UInt64(messages.count)
    let waiter = Waiter()
    waiters[id] = waiter
    let world = broker.world
    Transmission(messages, first: first, link: self, broker: broker).start(world.fault(of: .publish))
    try await life.wait(waiter)
    if let fault { throw fault }
    return refused.removeValue(forKey: id) ?? []
  }

  /// The client reads a confirm.
  func receive(_ tag: UInt64, multiple: Bool, isRefusal: Bool) {
    guard fault == nil, !life.isOver else { return }
    for transmission in confirms.answer(tag, multiple: multiple, isRefusal: isRefusal) {
      refused[transmission.id] = transmission.refused
      waiters.removeValue(forKey: transmission.id)?.end()
    }
  }
}

/// Some messages on their way to the exchange, and their confirms on the way back.
private struct Transmission {
  let messages: [UpdateMessage]
  let first: UInt64
  let link: PublisherLink
  let broker: SimulatedBroker
  let world: World

  init(_ messages: [UpdateMessage], first: UInt64, link: PublisherLink, broker: SimulatedBroker) {
    self.messages = messages
    self.first = first
    self.link = link
    self.broker = broker
    world = broker.world
  }

  func start(_ fault: FaultPlan.Fault?) {
    let arrival = world.isCalm ? 0 : max(world.now + Int64(world.latency()), broker.blockedUntil)
    // A process that has ended meanwhile may have sent only a part.
    world.at(arrival) {
      var count = messages.count
      if link.life.isOver { count = world.chance.below(count + 1) }
      if broker.server.downUntil > world.now { count = 0 }
      if link.fault != nil, !link.life.isOver { count = world.chance.below(count + 1) }
      arrive(messages.prefix(count), fault)
    }
  }

  private func arrive(_ messages: ArraySlice<UpdateMessage>, _ fault: FaultPlan.Fault?) {
    world.note("the broker gets \(messages.map { "\($0.id.shortName)>\($0.userId)" }.joined(separator: " "))")
    switch fault?.kind {
    case .publisherLost:
      let routed = messages.prefix(fault?.below(messages.count + 1) ?? 0)
      route(routed)
      if !routed.isEmpty, world.chance.percent(50) { confirm(first, multiple: false, after: 0) }
      breakOff()
    case .confirmsLost:
      route(messages)
      breakOff()
    case .confirmsRefused: refuse(messages, fault)
    case .confirmsLate:
      route(messages)
      let delay = fault?.below(100_000_000) ?? 0
      world.extendFaults(until: world.now + Int64(delay))
      confirmAll(messages, after: delay)
    case .confirmsScattered:
      route(messages)
      scatter(messages)
    default:
      route(messages)
      if messages.count > 3, !world.isCalm, world.chance.percent(50) {
        confirm(first + UInt64(world.chance.below(messages.count)), multiple: true, after: world.latency())
        confirmAll(messages, after: 20_000 + world.latency())
      } else {
        confirmAll(messages, after: world.isCalm ? 0 : world.latency())
      }
    }
  }

  private func route(_ messages: ArraySlice<UpdateMessage>) {
    for message in messages { broker.route(message, from: link) }
  }

  private func breakOff() {
    world.after(2 * world.latency()) {
      link.lose("RabbitMQ broke the connection")
      broker.forget(link)
    }
  }

  private func confirm(_ tag: UInt64, multiple: Bool, after delay: Int) {
    guard !messages.isEmpty else { return }
    world.after(delay) {
      guard link.fault == nil else { return }
      let index = Int(tag - first)
      for message in multiple ? messages[...min(index, messages.count - 1)] : messages[index...index] {
        broker.didConfirm(message)
      }
      link.receive(tag, multiple: multiple, isRefusal: false)
    }
  }

  /// All that have arrived, with one confirm.
  private func confirmAll(_ messages: ArraySlice<UpdateMessage>, after delay: Int) {
    guard !messages.isEmpty else { return }
    confirm(first + UInt64(messages.count) - 1, multiple: true, after: delay)
  }

  /// Refuses some messages and confirms the others, one by one.
  private func refuse(_ messages: ArraySlice<UpdateMessage>, _ fault: FaultPlan.Fault?) {
    for (offset, message) in messages.enumerated() {
      let tag = first + UInt64(offset)
      if offset == 0 || world.chance.percent(30) {
        broker.didRefuse(message)
        // It may have reached one queue and not another.
        if world.chance.percent(30) { broker.route(message, from: link) }
        world.after(world.latency()) { link.receive(tag, multiple: false, isRefusal: true) }
      } else {
        broker.route(message, from: link)
        confirm(tag, multiple: false, after: world.latency())
      }
    }
  }

  private func scatter(_ messages: ArraySlice<UpdateMessage>) {
    for offset in messages.indices {
      confirm(
        first + UInt64(offset), multiple: world.chance.percent(20), after: world.chance.within(100...50_000))
    }
  }
}
