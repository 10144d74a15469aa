import ArgumentParser
import RabbitBroker

struct RequeueDeadLettersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "requeue",
    abstract: "Sends dead letters back to the worker's queue, as they came.",
    discussion: """
      Each is taken out of the dead letters when RabbitMQ has confirmed it in the worker's queue: a command that is cut \
      off loses nothing. A letter that fails again becomes a dead letter again, with its original routing key.
      """)

  /// Letters, and bytes, that are sent in one go.
  private static let batch = (letters: 100, bytes: 4 << 20)

  @OptionGroup var selection: LetterSelection
  @OptionGroup var broker: BrokerSettings

  func run() async throws {
    try await broker.withDeadLetters { queue, count in
      let reach = try selection.reach(among: count)
      var seen = 0
      var done = 0
      var batch: [DeadLetterRecord] = []
      var bytes = 0
      func send() async throws {
        if batch.isEmpty { return }
        try await queue.requeue(batch)
        done += batch.count
        (batch, bytes) = ([], 0)
      }
      do {
        while seen < reach, let letter = try await queue.next() {
          seen += 1
          guard selection.contains(letter) else { continue }
          batch.append(letter)
          bytes += letter.body.count
          if batch.count >= Self.batch.letters || bytes >= Self.batch.bytes { try await send() }
        }
        try await send()
      } catch {
        if done > 0 { printError("cut off: requeued \(deadLetters(done))") }
        throw error
      }
      printError("requeued \(deadLetters(done)), \(count - done) left")
    }
  }
}
