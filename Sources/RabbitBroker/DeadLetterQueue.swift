/// The dead-letter queue as an operator sees it: a letter that is read stays in its place in the queue unless
/// it is sent back or removed. Used by one task.
///
/// A letter that is read stays unacknowledged until ``close()``, or until the process ends, however that
/// happens; then RabbitMQ puts it back where it was. Until then nobody else sees it.
package actor DeadLetterQueue {
  /// How many letters are requested at once, which bounds the memory.
  private static let window = 20

  private let configuration: BrokerConfiguration
  private var connection: BrokerConnection?
  private var fetched: [IncomingMessage] = []
  /// How many of the letters that were there at the beginning have not been requested.
  private var unread = 0
  private var lastNumber = 0

  /// Does not connect yet.
  package init(_ configuration: BrokerConfiguration) {
    self.configuration = configuration
  }

  /// Connects; returns how many letters there are. Letters that arrive later are left alone, so a letter that
  /// is sent back and fails again does not appear a second time.
  ///
  /// - Throws: ``BrokerError``, with the code `notFound` when there is no such queue.
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
        "RabbitMQ at \(connection.address) has no queue \"\(name)\": nothing was ever dead-lettered "
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

  /// The next letter, oldest first; `nil` when all letters that were there at the beginning have been read.
  package func next() async throws -> DeadLetterRecord? {
    if fetched.isEmpty, unread > 0 {
      let count = min(unread, Self.window)
      fetched = try await connected().fetch(count, from: configuration.topology.deadLetterQueue).reversed()
      // Fewer means that somebody else has taken some in the meantime.
      unread = fetched.count < count ? 0 : unread - count
    }
    guard let message = fetched.popLast() else { return nil }
    lastNumber += 1
    return DeadLetterRecord(message, number: lastNumber)
  }

  /// Sends letters back to the worker's queue with their properties and headers, except `x-error` and
  /// `x-failed-at`; returns once the server has them there and no longer here. If it is cut off before that,
  /// each letter is in at least one of the two queues.
  package func requeue(_ letters: [DeadLetterRecord]) async throws {
    try await connected().requeue(letters.map(\.message))
  }

  /// Stands for a letter that was read, without its content, so that it can be removed.
  package struct Tag: Sendable {
    fileprivate let number: UInt64

    package init(_ letter: DeadLetterRecord) { number = letter.message.tag }
  }

  /// Removes letters for good; returns once the server has done so.
  package func remove(_ tags: [Tag]) async throws {
    let connection = try connected()
    try await connection.acknowledge(tags.map(\.number), in: configuration.topology.deadLetterQueue)
  }

  /// Ends the connection; letters that were only read go back to their places. Closing again does nothing.
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
