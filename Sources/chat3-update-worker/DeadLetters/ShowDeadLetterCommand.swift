import Support
import ArgumentParser
import BSON
import Foundation
import Pipeline
import RabbitBroker

struct ShowDeadLetterCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows one dead letter with all that is known of it.")

  @Argument(help: ArgumentHelp("Its number, as list shows it.", valueName: "n"))
  var number: Int

  @OptionGroup var broker: BrokerSettings

  func validate() throws {
    if number < 1 { throw ValidationError("dead letters are numbered from 1") }
  }

  func run() async throws {
    try await broker.withDeadLetters { queue, count in
      var letter: DeadLetterRecord?
      if number <= count {
        repeat { letter = try await queue.next() } while letter.map { $0.number < number } ?? false
      }
      guard let letter else {
        throw Failure(
          .badInput, "there is no dead letter \(number); there \(count == 1 ? "is" : "are") \(count)")
      }
      _ = try writeOutput(Array((letter.text + "\n").utf8))
    }
  }
}

extension DeadLetterRecord {
  fileprivate var text: String {
    var lines = ["dead letter \(number)"]
    func add(_ name: String, _ value: String?) {
      lines.append("  " + name.padding(toLength: 14, withPad: " ", startingAt: 0) + (value ?? "not known"))
    }
    add("failed", failedAt.map { time in time + (age.map { ", \($0) ago" } ?? "") })
    add("reason", reason)
    add("exchange", exchange)
    add("routing key", routingKey)
    for (title, fields) in [("properties", properties), ("headers", headers)] {
      var title = title
      for field in fields {
        var value = JSONWriter()
        value.append(valueOf: field)
        let text = field.string ?? String(decoding: value.bytes, as: UTF8.self)
        add(title, "\(field.key): \(text)")
        title = ""
      }
    }
    lines.append("  body, \(body.count) bytes:")
    return (lines.map(printable) + ["", readable(body)]).joined(separator: "\n")
  }
}
