package import Maintenance

/// A queue of its own on the exchange of the events. Declares nothing that lasts longer than the connection.
package actor BrokerEventTap: EventTap {
  private let configuration: BrokerConfiguration
  private let pattern: String
  private let bounds: TapBounds
  private var connection: BrokerConnection?
  /// The host of the last connection.
  private var host: BrokerAddress?
  private var queues: TapQueues?
  private var isReleased = false
  /// The tag of the last message that was handed out and is not acknowledged.
  private var inHand: UInt64?
  /// What earlier connections have counted.
  private var droppedBefore = 0
  /// Whether the drops of an earlier connection may not have been counted completely.
  private var isLowerBound = false

  /// Does not connect yet.
  ///
  /// - Parameter pattern: The binding key of the topic exchange; `#` means all events.
  package init(_ configuration: BrokerConfiguration, pattern: String, bounds: TapBounds = TapBounds()) {
    self.configuration = configuration
    self.pattern = pattern
    self.bounds = bounds
  }

  package func connect() async throws {
    await close()
    let queues = TapQueues(for: configuration.topology)
    var configuration = configuration
    configuration.topology.queue = queues.events
    configuration.prefetch = bounds.prefetch
    configuration.isExclusive = false
    let connection = try await BrokerConnection.open(configuration, purpose: "record", avoiding: host)
    host = connection.address
    do {
      try await connection.tap(queues, bounds: bounds, pattern: pattern)
    } catch {
      await connection.close()
      throw error
    }
    self.connection = connection
    self.queues = queues
    if isReleased { try await connection.release() }
  }

  package func next(limit: Int) async throws -> [[UInt8]] {
    guard let connection else { throw BrokerError.notConnected }
    if let tag = inHand {
      try await connection.acknowledge([OpenTags.Acknowledgement(tag: tag, isMultiple: true)])
      inHand = nil
    }
    let messages = try await connection.next(limit: limit)
    if let last = messages.last { inHand = last.tag }
    return messages.map(\.body)
  }

  package func release() async throws {
    isReleased = true
    try await connection?.release()
  }

  package func dropped() async -> DroppedEvents {
    guard let connection, let queues else {
      return DroppedEvents(count: droppedBefore, isLowerBound: isLowerBound)
    }
    let (count, isComplete) = await connection.countDropped(queues)
    return DroppedEvents(count: droppedBefore + count, isLowerBound: isLowerBound || !isComplete)
  }

  package func close() async {
    guard let connection else { return }
    let dropped = await dropped()
    (droppedBefore, isLowerBound) = (dropped.count, dropped.isLowerBound)
    self.connection = nil
    (queues, inHand) = (nil, nil)
    await connection.close()
  }
}
