import Logging
import Pipeline
import RabbitBroker
import Updates

/// Dead letters that are logged.
struct LoggedDeadLetters: DeadLetters {
  private let deadLetters: any DeadLetters
  private let log: WorkerLog

  init(_ deadLetters: any DeadLetters, log: WorkerLog) {
    self.deadLetters = deadLetters
    self.log = log
  }

  func bury(_ delivery: Delivery, because error: BadEvent) async throws {
    try await deadLetters.bury(delivery, because: error)
    log.buried(delivery, because: error)
  }
}
