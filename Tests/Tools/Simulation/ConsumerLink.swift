/// A connection that consumes the queue of events, seen from both of its ends.
///
/// `@unchecked Sendable`: see ``World``.
final class ConsumerLink: @unchecked Sendable {
  let life: Life
  let prefetch: Int
  let isExclusive: Bool

  // The client's end.
  private(set) var fault: SimulatedFault?
  var inbox: [(tag: UInt64, entry: SimulatedBroker.Entry)] = []
  private var arrival: Waiter?
  var isReleased = false

  // The broker's end.
  var isKnown = true
  var isConsuming = false
  var unacknowledged: [(tag: UInt64, entry: SimulatedBroker.Entry)] = []
  /// The place in the queue of the latest event that was delivered on another connection since this one exists.
  var latestElsewhere = -1
  private var lastTag: UInt64 = 0
  /// Sent and not yet arrived.
  private var inTransit: [(tag: UInt64, entry: SimulatedBroker.Entry)] = []

  init(life: Life, prefetch: Int, isExclusive: Bool) {
    self.life = life
    self.prefetch = prefetch
    self.isExclusive = isExclusive
  }

  /// Sends an event to the client. Events arrive in order.
  func send(_ entry: SimulatedBroker.Entry, in world: World) {
    lastTag += 1
    unacknowledged.append((lastTag, entry))
    inTransit.append((lastTag, entry))
    guard inTransit.count == 1 else { return }
    world.after(world.latency()) { [self] in
      guard fault == nil, !life.isOver else { return }
      if !isReleased { inbox += inTransit }
      inTransit = []
      wake()
    }
  }

  /// Waits until something arrives, or the connection ends.
  func arrived() async throws {
    if let fault { throw fault }
    let waiter = Waiter()
    arrival = waiter
    try await life.wait(waiter)
    if let fault { throw fault }
  }

  func wake() {
    arrival?.end()
    arrival = nil
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
    inbox = []
    inTransit = []
    wake()
  }
}
