import ArgumentParser
import RabbitBroker

struct RequeueDeadLettersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "requeue",
    abstract: "Sends dead letters back to the worker's queue as they came.",
    discussion: """
      A letter leaves the dead letters only when RabbitMQ has confirmed it in the worker's queue, so a command that is \
      cut off loses nothing. A letter that fails again becomes a dead letter again, with its original routing key.
      """)

  /// The letters, and the bytes, that are sent at once.
  private static let fullSlice = (letters: 100, bytes: 4 << 20)

  @OptionGroup var selection: LetterSelection
  @OptionGroup var broker: BrokerSettings

  func run() async throws {
    try await broker.withDeadLetters { queue, count in
      let reach = try selection.reach(among: count)
      var seen = 0
      var done = 0
      var slice: [DeadLetterRecord] = []
      var bytes = 0
      func send() async throws {
        if slice.isEmpty { return }
        try await queue.requeue(slice)
        done += slice.count
        (slice, bytes) = ([], 0)
      }
      do {
        while seen < reach, let letter = try await queue.next() {
          seen += 1
          guard selection.contains(letter) else { continue }
          slice.append(letter)
          bytes += letter.body.count
          if slice.count >= Self.fullSlice.letters || bytes >= Self.fullSlice.bytes { try await send() }
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
