/// The dead-letter queue as an operator sees it: a letter that is read stays in its place in the queue unless
/// it is sent back or removed. Used by one task.
///
/// A letter that is read stays unacknowledged until ``close()``, or until the process ends, however that
/// happens; then RabbitMQ puts it back where it was. Until then nobody else sees it.
///
/// A quorum queue counts how often a letter has come back to it, and drops it at its delivery limit.
/// Therefore ``open()`` renews all letters before that can happen (docs/decisions/0013-quorum-queues.md).
package actor DeadLetterQueue {
  /// How many letters are requested at once, which bounds the memory: at first, and later on. Each window has twice as
  /// many as the one before, because RabbitMQ 3 keeps the order of no more than 32 windows.
  private static let windows: (first: UInt16, largest: UInt16) = (20, 500)
  /// How often a letter may have come back before all of them are renewed.
  private static let mostDeliveries = 2

  private let configuration: BrokerConfiguration
  private var connection: BrokerConnection?
  private var fetched: [IncomingMessage] = []
  /// Whether the queue is known to be a quorum queue.
  private var isCounting = false
  /// How many letters are requested next.
  private var window = DeadLetterQueue.windows.first
  /// How many of the letters that were there at the beginning have not been requested.
  private var unread = 0
  private var lastNumber = 0

  /// Does not connect yet.
  package init(_ configuration: BrokerConfiguration) {
    self.configuration = configuration
    isCounting = configuration.topology.queueType == .quorum
  }

  /// How many letters wait, by a passive declaration, which changes nothing and takes no letter.
  ///
  /// - Throws: ``BrokerError``, with the code `notFound` when there is no such queue.
  package static func count(_ configuration: BrokerConfiguration) async throws -> Int {
    let connection = try await BrokerConnection.open(configuration, purpose: "dead letters")
    do {
      let count = try await connection.count(of: configuration.topology.deadLetterQueue)
      await connection.close()
      return count
    } catch {
      await connection.close()
      throw error
    }
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
    try await renewIfWorn(connection)
    return unread + fetched.count
  }

  /// Fetches the first letters. If a quorum queue has delivered one of them too often already, puts every letter
  /// that is there at the end of the queue as a new one, in their order. If this is cut off, none is lost: some may
  /// be there twice, and the others then come after them.
  private func renewIfWorn(_ connection: BrokerConnection) async throws {
    let name = configuration.topology.deadLetterQueue
    try await fetch(from: connection)
    // Whoever reads letters begins with the first ones, so the worn ones are among them.
    guard fetched.contains(where: { $0.deliveryCount >= Self.mostDeliveries }) else { return }
    while !fetched.isEmpty {
      try await connection.renew(fetched.reversed())
      try await fetch(from: connection)
    }
    unread = try await connection.count(of: name)
    window = Self.windows.first
  }

  /// Takes all letters of a quorum queue that were not read. The queue puts a letter that comes back after those that
  /// came back earlier, so the letters keep their order only if all of them come back.
  private func takeRest(from connection: BrokerConnection, within limit: Duration?) async {
    guard isCounting else { return }
    let deadline = limit.map { ContinuousClock.now + $0 }
    do {
      while unread > 0, deadline.map({ ContinuousClock.now < $0 }) ?? true {
        try await fetch(from: connection)
      }
    } catch {
      // The connection is over. The letters that were read now stand after the others, and none is lost.
    }
  }

  /// Fetches the next letters, the last of them first.
  private func fetch(from connection: BrokerConnection) async throws {
    fetched = []
    guard unread > 0 else { return }
    let count = min(UInt16(clamping: unread), window)
    window = min(window * 2, Self.windows.largest)
    fetched = try await connection.fetch(count, from: configuration.topology.deadLetterQueue).reversed()
    if fetched.contains(where: { $0.deliveryCount > 0 }) { isCounting = true }
    // Fewer means that somebody else has taken some in the meantime.
    unread = fetched.count < count ? 0 : unread - Int(count)
  }

  /// The next letter, oldest first; `nil` when all letters that were there at the beginning have been read.
  package func next() async throws -> DeadLetterRecord? {
    if fetched.isEmpty { try await fetch(from: connected()) }
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
  ///
  /// - Parameter limit: For so long the rest of a quorum queue is read, without which it puts the letters that were read
  ///   after the others; `nil`: to its end.
  package func close(within limit: Duration? = nil) async {
    let connection = connection
    self.connection = nil
    if let connection { await takeRest(from: connection, within: limit) }
    (fetched, unread, window) = ([], 0, Self.windows.first)
    await connection?.close()
  }

  private func connected() throws -> BrokerConnection {
    guard let connection else { throw BrokerError.notConnected }
    return connection
  }
}
