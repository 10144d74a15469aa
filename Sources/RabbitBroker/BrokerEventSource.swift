import BSON
package import Pipeline

/// Events from the worker's queue, acknowledged manually and bounded by the prefetch. Call ``connect()``
/// before use, and again after an error that ``BrokerError/isRetryable`` says may pass.
package actor BrokerEventSource: LiveEventSource {
  private let configuration: BrokerConfiguration
  private var connection: BrokerConnection?
  /// The host of the last connection.
  private var host: BrokerAddress?
  private var hasConsumer = false
  private var isReleased = false
  /// The offset of the current connection's tags: the last tag that was handed out on an earlier connection.
  private var base: UInt64 = 0
  private var lastTag: UInt64 = 0
  /// What was handed out on the current connection.
  private var openTags = OpenTags()

  /// Does not connect yet.
  package init(_ configuration: BrokerConfiguration) {
    self.configuration = configuration
  }

  /// Connects, declares exchanges and queues (spec section 7.1) and starts consuming. What was delivered on
  /// an earlier connection and not acknowledged is delivered again.
  ///
  /// - Throws: ``BrokerError``.
  package func connect() async throws {
    await close()
    let connection = try await BrokerConnection.open(configuration, purpose: "events", avoiding: host)
    host = connection.address
    do {
      try await connection.declareTopology()
    } catch {
      await connection.close()
      throw error
    }
    self.connection = connection
    isReleased = false
    base = lastTag
    openTags = OpenTags()
    configuration.onNotice(.connected(connection.address))
    try await tryToConsume(connection)
    if !hasConsumer { configuration.onNotice(.standingBy) }
  }

  /// The next events, as many as there are, up to `limit`. Waits when there are none, and while another
  /// worker holds the queue exclusively. Empty after ``release()``. Ends at once when its task is cancelled.
  package func next(limit: Int) async throws -> [Delivery] {
    guard let connection else { throw BrokerError.notConnected }
    while !hasConsumer, !isReleased {
      // RabbitMQ does not announce that an exclusive consumer has gone.
      try await Task.sleep(for: configuration.standByPause)
      if !isReleased { try await tryToConsume(connection) }
    }
    return handOut(try await connection.next(limit: limit))
  }

  package func arrived(limit: Int) async throws -> [Delivery] {
    guard hasConsumer, let connection else { return [] }
    return handOut(await connection.arrived(limit: limit))
  }

  private func handOut(_ messages: [IncomingMessage]) -> [Delivery] {
    for message in messages {
      lastTag = base + message.tag
      openTags.open(message.tag)
    }
    return messages.map { Delivery($0, base: base) }
  }

  /// Acknowledges these deliveries. Those of an earlier connection are skipped: the broker has put them back and
  /// delivers them again.
  package func acknowledge(_ tags: [UInt64]) async throws {
    guard let connection else { throw BrokerError.notConnected }
    let acknowledgements = openTags.close(tags.filter { $0 > base }.map { $0 - base })
    if !acknowledgements.isEmpty { try await connection.acknowledge(acknowledgements) }
  }

  /// Takes no more events, as the first step of a shutdown. What was handed out can still be acknowledged;
  /// the rest goes back to the queue on ``close()``.
  package func release() async throws {
    isReleased = true
    try await connection?.release()
  }

  package func close() async {
    let connection = connection
    self.connection = nil
    hasConsumer = false
    await connection?.close()
  }

  /// Whether the connection works and consumes the queue.
  package var isConsuming: Bool {
    get async { hasConsumer ? await connection?.isOpen ?? false : false }
  }

  private func tryToConsume(_ connection: BrokerConnection) async throws {
    guard try await connection.startConsuming() else { return }
    hasConsumer = true
    configuration.onNotice(.consuming)
  }
}

extension Delivery {
  /// A delivery of a connection whose tags are offset by `base`.
  convenience init(_ message: IncomingMessage, base: UInt64) {
    self.init(
      content: .json(message.body), tag: base + message.tag, isRedelivered: message.isRedelivered,
      trace: TraceContext(parent: message.traceParent, state: message.traceState),
      origin: message.origin)
  }
}

extension IncomingMessage {
  /// How the event arrived. A dead letter that was sent back arrived through the default exchange; its
  /// original exchange and routing key must not be lost if it becomes a dead letter again.
  fileprivate var origin: Delivery.Origin {
    if exchange.isEmpty, let originalExchange, let originalRoutingKey {
      return Delivery.Origin(
        exchange: originalExchange, routingKey: originalRoutingKey, properties: properties)
    }
    return Delivery.Origin(exchange: exchange, routingKey: routingKey, properties: properties)
  }
}
