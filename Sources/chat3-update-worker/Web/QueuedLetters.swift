import Inspector
import RabbitBroker

/// The dead letters in RabbitMQ. Each use has a connection of its own, so that no letter is held longer than that.
struct QueuedLetters: LetterBox {
  private let configuration: BrokerConfiguration

  /// How long the letters may take to go back to their places.
  private static let grace = Duration.seconds(5)

  init(_ configuration: BrokerConfiguration) {
    // Somebody waits for each answer.
    var configuration = configuration
    configuration.connectionTimeout = .seconds(5)
    configuration.answerTimeout = .seconds(5)
    configuration.confirmTimeout = .seconds(5)
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
    let queue = DeadLetterQueue(configuration)
    return try await closing {
      _ = try await queue.open()
      var letters: [Letter] = []
      while letters.count < limit, let record = try await queue.next() { letters.append(Letter(record)) }
      return letters
    } finally: {
      await queue.close(within: Self.grace)
    }
  }

  func perform(_ action: LetterAction, on digests: Set<String>, within bounds: LetterBounds) async
    -> LetterOutcome
  {
    let deadline = ContinuousClock.now + bounds.time
    let queue = DeadLetterQueue(configuration)
    var outcome = LetterOutcome(count: 0, end: .complete)
    // RabbitMQ may take no messages for as long as an alarm lasts; without the connection nothing waits for it.
    let end = Task {
      do { try await Task.sleep(for: bounds.time + Self.grace) } catch { return }
      await queue.close(within: .zero)
    }
    defer { end.cancel() }
    do {
      _ = try await queue.open()
      var seen = 0
      var dropped: [DeadLetterQueue.Tag] = []
      while let record = try await queue.next() {
        seen += 1
        if seen > bounds.letters { outcome.end = .tooMany }
        if ContinuousClock.now >= deadline { outcome.end = .outOfTime }
        guard case .complete = outcome.end else { break }
        guard digests.contains(Letter(record).digest) else { continue }
        switch action {
        case .requeue:
          // One by one: a letter that is sent back is out of memory before the next one is read.
          try await queue.requeue([record])
          outcome.count += 1
        case .drop: dropped.append(DeadLetterQueue.Tag(record))
        }
      }
      try await queue.remove(dropped)
      outcome.count += dropped.count
    } catch {
      outcome.end = .failed(error)
    }
    await queue.close(within: Self.grace)
    return outcome
  }
}

extension Letter {
  fileprivate init(_ record: DeadLetterRecord) {
    self.init(
      body: record.body, properties: record.properties, headers: record.headers, reason: record.reason,
      failedAt: record.failedAt, routingKey: record.routingKey)
  }
}
