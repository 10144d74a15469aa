/// Looks at the worker's queues from a connection of its own, without changing anything.
package actor BrokerQueues {
  /// What RabbitMQ tells of the queues.
  package struct Figures: Sendable, Equatable {
    /// Events that no worker has in hand.
    package let messages: Int
    package let consumers: Int
    package let deadLetters: Int
  }

  private let configuration: BrokerConfiguration
  private var connection: BrokerConnection?
  /// The host of the last connection.
  private var host: BrokerAddress?

  /// Does not connect yet.
  package init(_ configuration: BrokerConfiguration) {
    self.configuration = configuration
  }

  /// Connects if necessary, and asks.
  ///
  /// - Throws: ``BrokerError``; the next call connects anew.
  package func figures() async throws -> Figures {
    let connection = try await open()
    do {
      let topology = configuration.topology
      let (messages, consumers) = try await connection.figures(of: topology.queue)
      let (deadLetters, _) = try await connection.figures(of: topology.deadLetterQueue)
      return Figures(messages: messages, consumers: consumers, deadLetters: deadLetters)
    } catch {
      await close()
      throw error
    }
  }

  /// Ends the connection, if there is one. Closing again does nothing.
  package func close() async {
    let connection = connection
    self.connection = nil
    await connection?.close()
  }

  private func open() async throws -> BrokerConnection {
    if let connection, await connection.isOpen { return connection }
    let fresh = try await BrokerConnection.open(configuration, purpose: "figures", avoiding: host)
    host = fresh.address
    connection = fresh
    return fresh
  }
}
