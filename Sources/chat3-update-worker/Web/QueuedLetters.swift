import Inspector
import RabbitBroker

/// The dead letters in RabbitMQ. Each use has a connection of its own, so that no letter is held longer than that.
struct QueuedLetters: LetterBox {
  private let configuration: BrokerConfiguration

  init(_ configuration: BrokerConfiguration) {
    self.configuration = configuration
  }

  func count() async throws -> Int {
    do {
      return try await DeadLetterQueue.count(configuration)
    } catch let error as BrokerError where error.code == .notFound {
      // Nothing was ever dead-lettered.
      return 0
    }
  }

  func read(limit: Int) async throws -> [Letter] {
    try await withQueue { queue in
      var letters: [Letter] = []
      while letters.count < limit, let record = try await queue.next() { letters.append(Letter(record)) }
      return letters
    }
  }

  func requeue(_ digests: Set<String>) async throws -> Int {
    try await withQueue { queue in
      var count = 0
      // One by one: a letter that is sent back is out of memory before the next one is read.
      while let record = try await queue.next() {
        guard digests.contains(Letter(record).digest) else { continue }
        try await queue.requeue([record])
        count += 1
      }
      return count
    }
  }

  func drop(_ digests: Set<String>) async throws -> Int {
    try await withQueue { queue in
      var chosen: [DeadLetterQueue.Tag] = []
      while let record = try await queue.next() {
        if digests.contains(Letter(record).digest) { chosen.append(DeadLetterQueue.Tag(record)) }
      }
      try await queue.remove(chosen)
      return chosen.count
    }
  }

  private func withQueue<Result: Sendable>(
    _ body: (DeadLetterQueue) async throws -> Result
  ) async throws -> Result {
    let queue = DeadLetterQueue(configuration)
    return try await closing {
      _ = try await queue.open()
      return try await body(queue)
    } finally: {
      await queue.close()
    }
  }
}

extension Letter {
  fileprivate init(_ record: DeadLetterRecord) {
    self.init(
      body: record.body, properties: record.properties, headers: record.headers, reason: record.reason,
      failedAt: record.failedAt, routingKey: record.routingKey)
  }
}
