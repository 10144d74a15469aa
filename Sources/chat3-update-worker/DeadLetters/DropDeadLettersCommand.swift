import ArgumentParser
import Foundation
import RabbitBroker

struct DropDeadLettersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop", abstract: "Removes dead letters for good, after showing them and asking.")

  @OptionGroup var selection: LetterSelection
  @OptionGroup var broker: BrokerSettings

  @Flag(help: "Do not ask.")
  var yes = false

  func run() async throws {
    guard yes || isatty(STDIN_FILENO) == 1 else {
      throw Failure(
        .usage, "there is no terminal on which to ask; pass --yes to drop dead letters without being asked")
    }
    try await broker.withDeadLetters { queue, count in
      let reach = try selection.reach(among: count)
      var table = LetterTable()
      var seen = 0
      // This connection holds them until it ends, so what was shown is what is dropped, whatever happens meanwhile.
      var chosen: [DeadLetterQueue.Tag] = []
      while seen < reach, let letter = try await queue.next() {
        seen += 1
        guard selection.contains(letter) else { continue }
        chosen.append(DeadLetterQueue.Tag(letter))
        _ = try table.add(letter)
      }
      try table.finish()
      if chosen.isEmpty {
        printError("the selection matches no dead letter; nothing is dropped")
      } else if try yes || isConfirmed(chosen.count) {
        try await queue.remove(chosen)
        printError("dropped \(deadLetters(chosen.count)), \(count - chosen.count) left")
      } else {
        printError("nothing is dropped")
      }
    }
  }

  private func isConfirmed(_ count: Int) throws -> Bool {
    FileHandle.standardError.write(Data("drop \(deadLetters(count)) for good? [y/N] ".utf8))
    return ["y", "yes"].contains(readLine()?.lowercased())
  }
}
