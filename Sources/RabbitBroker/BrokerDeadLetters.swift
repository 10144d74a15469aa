import Foundation
package import Pipeline
package import Updates

/// Keeps bad events in the dead-letter queue (spec section 8). Connects only when there is one to keep,
/// because they are rare.
package actor BrokerDeadLetters: DeadLetters {
  private let configuration: BrokerConfiguration
  private var connection: BrokerConnection?
  /// The host of the last connection.
  private var host: BrokerAddress?

  /// Does not connect yet.
  package init(_ configuration: BrokerConfiguration) {
    self.configuration = configuration
  }

  /// Sends the event, byte for byte, with what is wrong with it; returns once the server has it in the queue.
  ///
  /// - Throws: ``BrokerError``; the next call connects anew.
  package func bury(_ delivery: Delivery, because error: BadEvent) async throws {
    let letter = DeadLetter(delivery, error: error.description, failedAt: Date())
    let connection = try await open()
    try await connection.bury(letter)
  }

  /// Ends the connection, if there is one. Closing again does nothing.
  package func close() async {
    let connection = connection
    self.connection = nil
    await connection?.close()
  }

  private func open() async throws -> BrokerConnection {
    if let connection, await connection.isOpen { return connection }
    let fresh = try await BrokerConnection.open(configuration, purpose: "dead letters", avoiding: host)
    host = fresh.address
    do {
      try await fresh.prepareBurying()
    } catch {
      await fresh.close()
      throw error
    }
    connection = fresh
    return fresh
  }
}
