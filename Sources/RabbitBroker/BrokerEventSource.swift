import BSON
package import Pipeline

/// Events from the worker's queue: manual acknowledgement, bounded by the prefetch. ``connect()`` before use, and
/// again after a fault that ``BrokerError/isRetryable`` calls an outage.
package actor BrokerEventSource: LiveEventSource {
  private let configuration: BrokerConfiguration
  private var connection: BrokerConnection?
  private var isConsuming = false
  private var isReleased = false
  /// What the tags of the present connection count from: the last that was given out on an earlier one.
  private var base: UInt64 = 0
  private var lastTag: UInt64 = 0

  /// Connects to nothing yet.
  package init(_ configuration: BrokerConfiguration) {
    self.configuration = configuration
  }

  /// Connects, declares exchanges and queues (spec section 7.1) and begins to consume. What an earlier connection
  /// has delivered and not acknowledged comes again.
  ///
  /// - Throws: ``BrokerError``.
  package func connect() async throws {
    await close()
    let connection = try await BrokerConnection.open(configuration, purpose: "events")
    do {
      try await connection.declareTopology()
    } catch {
      await connection.close()
      throw error
    }
    self.connection = connection
    isReleased = false
    base = lastTag
    try await tryToConsume(connection)
    if !isConsuming { configuration.onNotice(.standingBy) }
  }

  /// The next events: as many as are there, up to `limit`; waits when there is none, and while another worker
  /// holds the queue exclusively. Empty after ``release()``. Ends at once when its task is cancelled.
  package func next(limit: Int) async throws -> [Delivery] {
    guard let connection else { throw BrokerError.notConnected }
    while !isConsuming, !isReleased {
      // RabbitMQ tells nobody when an exclusive consumer goes.
      try await Task.sleep(for: configuration.standByPause)
      if !isReleased { try await tryToConsume(connection) }
    }
    let base = base
    let deliveries = try await connection.next(limit: limit).map { Delivery($0, base: base) }
    if let last = deliveries.last { lastTag = max(lastTag, last.tag) }
    return deliveries
  }

  /// Acknowledges this delivery and all before it. Those of an earlier connection are passed over: the broker
  /// has given them back and delivers them again.
  package func acknowledge(through tag: UInt64) async throws {
    guard let connection else { throw BrokerError.notConnected }
    guard tag > base else { return }
    try await connection.acknowledge(through: tag - base)
  }

  /// Takes no more events, as the first step of a shutdown. What has been given out can still be acknowledged;
  /// the rest goes back to the queue on ``close()``.
  package func release() async throws {
    isReleased = true
    try await connection?.release()
  }

  /// Ends the connection; everything unacknowledged goes back to the queue. Harmless when repeated.
  package func close() async {
    let connection = connection
    self.connection = nil
    isConsuming = false
    await connection?.close()
  }

  /// Whether there is a connection that works and this is the queue's consumer.
  package var isReady: Bool {
    get async { isConsuming ? await connection?.isOpen ?? false : false }
  }

  private func tryToConsume(_ connection: BrokerConnection) async throws {
    guard try await connection.startConsuming() else { return }
    isConsuming = true
    configuration.onNotice(.consuming)
  }
}

extension Delivery {
  /// A delivery of a connection whose tags count from `base`.
  convenience init(_ message: IncomingMessage, base: UInt64) {
    self.init(
      content: .json(message.body), tag: base + message.tag, isRedelivered: message.isRedelivered,
      trace: TraceContext(parent: message.traceParent, state: message.traceState),
      origin: message.origin)
  }
}

extension IncomingMessage {
  /// How the event came. A dead letter that was sent back came through the default exchange; that it came otherwise at
  /// first must not be lost when it becomes one again.
  fileprivate var origin: Delivery.Origin {
    if exchange.isEmpty, let originalExchange, let originalRoutingKey {
      return Delivery.Origin(
        exchange: originalExchange, routingKey: originalRoutingKey, properties: properties)
    }
    return Delivery.Origin(exchange: exchange, routingKey: routingKey, properties: properties)
  }
}
