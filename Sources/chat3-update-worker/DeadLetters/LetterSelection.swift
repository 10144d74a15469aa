import ArgumentParser
import Foundation
import RabbitBroker

/// Which dead letters a command is about. Exactly one way of saying it must be used.
struct LetterSelection: ParsableArguments {
  @Argument(help: ArgumentHelp("The letters with these numbers, as list shows them.", valueName: "n"))
  var numbers: [Int] = []

  @Flag(help: "All letters that are there now.")
  var all = false

  @Option(
    help: ArgumentHelp(
      "The letters whose reason, original routing key or body contains this text.", valueName: "text"))
  var match: String?

  func validate() throws {
    let ways = (numbers.isEmpty ? 0 : 1) + (all ? 1 : 0) + (match == nil ? 0 : 1)
    guard ways == 1 else {
      throw ValidationError(
        "say which letters are meant: by their numbers, by --match TEXT, or --all; exactly one of these")
    }
    if match == "" { throw ValidationError("--match takes a text that is not empty") }
    if numbers.contains(where: { $0 < 1 }) { throw ValidationError("dead letters are numbered from 1") }
  }

  /// How many letters of so many have to be looked at.
  ///
  /// - Throws: ``Failure`` (65) when a number is none of theirs.
  func reach(among count: Int) throws -> Int {
    guard let last = numbers.max() else { return count }
    guard last <= count else {
      throw Failure(.badInput, "there is no dead letter \(last); there \(count == 1 ? "is" : "are") \(count)")
    }
    return last
  }

  /// Whether the letter is one of them.
  func contains(_ letter: DeadLetterRecord) -> Bool {
    if let match { return letter.contains(match) }
    return all || numbers.contains(letter.number)
  }
}

extension DeadLetterRecord {
  /// Whether reason, original routing key or body contain the text, byte for byte.
  func contains(_ text: String) -> Bool {
    [reason, routingKey].contains { $0.map { Data($0.utf8).range(of: Data(text.utf8)) != nil } ?? false }
      || Data(body).range(of: Data(text.utf8)) != nil
  }
}
