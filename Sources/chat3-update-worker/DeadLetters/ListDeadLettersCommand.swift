import ArgumentParser
import BSON
import Foundation
import RabbitBroker

struct ListDeadLettersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists dead letters, oldest first.")

  @Option(help: "How many at most; 0: all.")
  var limit = 20

  @Option(
    help: ArgumentHelp(
      "Only the letters whose reason, original routing key or body contains this text.", valueName: "text"))
  var match: String?

  @Flag(help: "One JSON object per line, with body, properties and headers.")
  var json = false

  @OptionGroup var broker: BrokerSettings

  func validate() throws {
    if limit < 0 { throw ValidationError("--limit takes a count from 0 on") }
  }

  func run() async throws {
    try await broker.withDeadLetters { queue, count in
      var table = LetterTable()
      var shown = 0
      while limit == 0 || shown < limit, let letter = try await queue.next() {
        if let match, !letter.contains(match) { continue }
        shown += 1
        guard try json ? writeOutput(letter.json + [UInt8(ascii: "\n")]) : table.add(letter) else { return }
      }
      try table.finish()
      if count == 0 {
        printError("there are no dead letters")
      } else if shown == 0 {
        printError("none of \(deadLetters(count)) matches")
      } else if match == nil, shown < count {
        printError("\(shown) of \(deadLetters(count)); --limit 0 shows all")
      }
    }
  }
}

extension DeadLetterRecord {
  /// All of it as a JSON object. A body that is no text in UTF-8 is given in Base64, as `bodyBase64`.
  fileprivate var json: [UInt8] {
    var document = BSONWriter(capacity: body.count + 1024)
    document.append("number", Int64(number))
    document.append("reason", reason)
    document.append("failedAt", failedAt)
    document.append("exchange", exchange)
    document.append("routingKey", routingKey)
    document.append("properties", properties)
    document.append("headers", headers)
    if let text = String(validating: body, as: UTF8.self) {
      document.append("body", text)
    } else {
      document.append("bodyBase64", Data(body).base64EncodedString())
    }
    return JSONWriter.text(document.finish())
  }
}
