import Maintenance
package import Pipeline

/// Publishes updates with confirms (spec section 5), on a connection of its own, so that a server that takes no
/// messages for a while does not hold up acknowledgements. ``connect()`` before use, and again after a fault
/// that ``BrokerError/isRetryable`` calls an outage.
package actor BrokerPublisher: LivePublisher {
  private let configuration: BrokerConfiguration
  private var connection: BrokerConnection?

  /// Connects to nothing yet.
  package init(_ configuration: BrokerConfiguration) {
    self.configuration = configuration
  }

  /// Connects and declares the exchange of the updates.
  ///
  /// - Throws: ``BrokerError``.
  package func connect() async throws {
    await close()
    let connection = try await BrokerConnection.open(configuration, purpose: "updates")
    do {
      try await connection.preparePublishing(to: configuration.topology.updatesExchange)
    } catch {
      await connection.close()
      throw error
    }
    self.connection = connection
  }

  /// Sends the messages in their order and returns once each is confirmed or found unsendable. Waits while the
  /// server takes no messages, and for the confirms as long as the connection lives. Ends at once when its
  /// task is cancelled; the messages may have been sent then.
  package func publish(_ messages: [UpdateMessage]) async throws -> [Int: String] {
    guard let connection else { throw BrokerError.notConnected }
    return try await connection.publish(messages)
  }

  /// Ends the connection. Harmless when repeated.
  package func close() async {
    let connection = connection
    self.connection = nil
    await connection?.close()
  }

  /// Whether there is a connection that works.
  package var isReady: Bool {
    get async { await connection?.isOpen ?? false }
  }
}

/// For sweeps: of several workers one publishes at a time. Who does is agreed upon by a queue that one connection alone
/// can have, ``BrokerTopology/sweepQueue``; it goes with the connection, however that ends.
extension BrokerPublisher: ExclusivePublisher {
  /// Connects, unless another connection has the queue.
  ///
  /// - Throws: ``BrokerError``.
  package func claim() async throws -> Bool {
    try await connect()
    guard let connection else { throw BrokerError.notConnected }
    let isMine = try await connection.claim(configuration.topology.sweepQueue)
    if !isMine { await close() }
    return isMine
  }
}
