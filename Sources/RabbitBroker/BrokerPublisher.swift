import Maintenance
package import Pipeline

/// Publishes updates with publisher confirms (spec section 5), on a connection of its own, so that a server
/// that takes no messages for a while does not hold up acknowledgements. Call ``connect()`` before use, and
/// again after an error that ``BrokerError/isRetryable`` says may pass.
package actor BrokerPublisher: LivePublisher {
  private let configuration: BrokerConfiguration
  private var connection: BrokerConnection?
  /// The host of the last connection.
  private var host: BrokerAddress?

  /// Does not connect yet.
  package init(_ configuration: BrokerConfiguration) {
    self.configuration = configuration
  }

  /// Connects and declares the exchange of the updates.
  ///
  /// - Throws: ``BrokerError``.
  package func connect() async throws {
    await close()
    let connection = try await BrokerConnection.open(configuration, purpose: "updates", avoiding: host)
    host = connection.address
    do {
      try await connection.preparePublishing(to: configuration.topology.updatesExchange)
    } catch {
      await connection.close()
      throw error
    }
    self.connection = connection
    configuration.onNotice(.connected(connection.address))
  }

  /// Sends the messages in their order and returns once each is confirmed or found unsendable. Waits while
  /// the server takes no messages, and for the confirms as long as the connection lives. Ends at once when
  /// its task is cancelled; the messages may then have been sent.
  package func publish(_ messages: [UpdateMessage]) async throws -> [Int: String] {
    guard let connection else { throw BrokerError.notConnected }
    return try await connection.publish(messages)
  }

  package func close() async {
    let connection = connection
    self.connection = nil
    await connection?.close()
  }

  package var isReady: Bool {
    get async { await connection?.isOpen ?? false }
  }
}

/// For sweeps, which only one worker at a time may publish: the one whose connection has
/// ``BrokerTopology/sweepQueue``. Only one connection can have that queue, and the queue ends with it,
/// however the connection ends.
extension BrokerPublisher: ExclusivePublisher {
  /// - Throws: ``BrokerError``.
  package func claim() async throws -> Bool {
    try await connect()
    guard let connection else { throw BrokerError.notConnected }
    let isMine = try await connection.claim(configuration.topology.sweepQueue)
    if !isMine { await close() }
    return isMine
  }
}
