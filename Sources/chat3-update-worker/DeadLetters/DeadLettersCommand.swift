import ArgumentParser
import RabbitBroker

struct DeadLettersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dead-letters",
    abstract: "Shows the events that could not be handled, sends them back to the worker, or drops them.",
    discussion: """
      They are in the queue that has the name of the worker's queue and .dead; number 1 is the oldest. Looking at them \
      changes nothing. While one command looks at them, no other command sees them. Settings are read from the same \
      variables of the environment as those of run.
      """,
    subcommands: [
      ListDeadLettersCommand.self, ShowDeadLetterCommand.self, RequeueDeadLettersCommand.self,
      DropDeadLettersCommand.self,
    ])
}

extension BrokerSettings {
  /// Lends the queue of the dead letters, and says how many there are.
  func withDeadLetters(_ body: (DeadLetterQueue, Int) async throws -> Void) async throws {
    var configuration = try configuration()
    let location = configuration.url.location
    configuration.onNotice = { notice in
      if case .blocked(let reason) = notice {
        printError("RabbitMQ at \(location) takes no messages for now (\(reason)); waiting")
      }
    }
    let queue = DeadLetterQueue(configuration)
    try await closing {
      try await body(queue, try await queue.open())
    } finally: {
      await queue.close()
    }
  }
}

/// `1 dead letter`, `12 dead letters`.
func deadLetters(_ count: Int) -> String { count == 1 ? "1 dead letter" : "\(count) dead letters" }
