/// The queue of the dead letters, for an operator: what is read stays in the queue, and in its place, unless it is sent
/// back or removed. Used by one task.
///
/// Whatever is read is unacknowledged until ``close()``, or until the process ends, however that happens; then RabbitMQ
/// puts it back where it was. Meanwhile nobody else sees it.
package actor DeadLetterQueue {
  /// Letters asked for at once: a bound of the memory.
  private static let window = 20

  private let configuration: BrokerConfiguration
  private var connection: BrokerConnection?
  private var fetched: [IncomingMessage] = []
  /// Letters of those that were there at the beginning that have not been asked for.
  private var unread = 0
  private var lastNumber = 0

  /// Connects to nothing yet.
  package init(_ configuration: BrokerConfiguration) {
    self.configuration = configuration
  }

  /// Connects; gives how many letters there are. What comes later is left alone: a letter that is sent back and fails
  /// again is not met a second time.
  ///
  /// - Throws: ``BrokerError``, of the code `notFound` when there is no such queue.
  package func open() async throws -> Int {
    await close()
    let name = configuration.topology.deadLetterQueue
    let connection = try await BrokerConnection.open(configuration, purpose: "dead letters")
    do {
      unread = try await connection.count(of: name)
      try await connection.preparePublishing(to: nil)
    } catch  where error.code == .notFound {
      await connection.close()
      throw BrokerError(
        .notFound,
        "There is no queue \"\(name)\" in RabbitMQ at \(configuration.url.address): nothing was ever dead-lettered "
          + "there, or UPDATE_WORKER_QUEUE names another queue.",
        isRetryable: false)
    } catch {
      await connection.close()
      throw error
    }
    self.connection = connection
    lastNumber = 0
    return unread
  }

  /// The next letter, oldest first; `nil` when all that were there have been read.
  package func next() async throws -> DeadLetterRecord? {
    if fetched.isEmpty, unread > 0 {
      let count = min(unread, Self.window)
      fetched = try await connected().fetch(count, from: configuration.topology.deadLetterQueue).reversed()
      // Fewer: somebody else has taken some meanwhile.
      unread = fetched.count < count ? 0 : unread - count
    }
    guard let message = fetched.popLast() else { return nil }
    lastNumber += 1
    return DeadLetterRecord(message, number: lastNumber)
  }

  /// Sends letters back to the queue of the worker, with their properties and headers but `x-error` and
  /// `x-failed-at`; returns once the server has them there and not here any more. When it is cut off before, they are in
  /// one of the two queues at least.
  package func requeue(_ letters: [DeadLetterRecord]) async throws {
    try await connected().requeue(letters.map(\.message))
  }

  /// What stands for a letter that was read, to remove it.
  package struct Tag: Sendable {
    fileprivate let number: UInt64

    /// Names a letter.
    package init(_ letter: DeadLetterRecord) { number = letter.message.tag }
  }

  /// Removes letters for good; returns once the server has done so.
  package func remove(_ tags: [Tag]) async throws {
    let connection = try connected()
    try await connection.acknowledge(tags.map(\.number), in: configuration.topology.deadLetterQueue)
  }

  /// Ends the connection; what was only read goes back to its place. Harmless when repeated.
  package func close() async {
    let connection = connection
    self.connection = nil
    (fetched, unread) = ([], 0)
    await connection?.close()
  }

  private func connected() throws -> BrokerConnection {
    guard let connection else { throw BrokerError.notConnected }
    return connection
  }
}
