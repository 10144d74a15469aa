import Maintenance

/// A queue of its own on an exchange. Declares nothing that lasts longer than the connection, and takes nothing from any
/// other queue. Used by one task, except ``release()``.
actor BrokerTap {
  private let configuration: BrokerConfiguration
  private let exchange: String
  /// What the tap is for; a word of the names of its queues.
  private let purpose: String
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
  init(_ configuration: BrokerConfiguration, exchange: String, purpose: String, bounds: TapBounds) {
    self.configuration = configuration
    self.exchange = exchange
    self.purpose = purpose
    self.bounds = bounds
  }

  /// Connects, or reconnects.
  ///
  /// - Parameter keys: The binding keys.
  func connect(to keys: Set<String>) async throws {
    await close()
    let queues = TapQueues(for: configuration.topology, purpose: purpose)
    var configuration = configuration
    configuration.topology.queue = queues.tapped
    configuration.prefetch = bounds.prefetch
    configuration.isExclusive = false
    let connection = try await BrokerConnection.open(configuration, purpose: purpose, avoiding: host)
    host = connection.address
    do {
      try await connection.tap(queues, bounds: bounds)
      try await connection.bind(queues, to: exchange, keys: keys)
    } catch {
      await connection.close()
      throw error
    }
    self.connection = connection
    self.queues = queues
    if isReleased { try await connection.release() }
  }

  /// Takes what these keys match, and no longer what others did.
  func bind(to keys: Set<String>) async throws {
    guard let connection, let queues else { throw BrokerError.notConnected }
    try await connection.bind(queues, to: exchange, keys: keys)
  }

  /// The next messages, at most `limit`; waits when there are none. Asking for the next ones says that the ones before
  /// are done with. Empty after ``release()``.
  func next(limit: Int) async throws -> [IncomingMessage] {
    guard let connection else { throw BrokerError.notConnected }
    if let tag = inHand {
      try await connection.acknowledge([OpenTags.Acknowledgement(tag: tag, isMultiple: true)])
      inHand = nil
    }
    let messages = try await connection.next(limit: limit)
    if let last = messages.last { inHand = last.tag }
    return messages
  }

  /// Takes no more messages.
  func release() async throws {
    isReleased = true
    try await connection?.release()
  }

  /// How many messages the tap has dropped, after asking the server.
  func dropped() async -> DroppedEvents {
    guard let connection, let queues else {
      return DroppedEvents(count: droppedBefore, isLowerBound: isLowerBound)
    }
    let (count, isComplete) = await connection.countDropped(queues)
    return DroppedEvents(count: droppedBefore + count, isLowerBound: isLowerBound || !isComplete)
  }

  /// How many messages it knows to be dropped, without asking.
  var knownDropped: Int {
    get async { droppedBefore + (await connection?.dropped ?? 0) }
  }

  /// Ends the connection. Closing again does nothing.
  func close() async {
    guard let connection else { return }
    let dropped = await dropped()
    (droppedBefore, isLowerBound) = (dropped.count, dropped.isLowerBound)
    self.connection = nil
    (queues, inHand) = (nil, nil)
    await connection.close()
  }
}
