import ArgumentParser
import Foundation

/// What stands for MongoDB in benchmarks that are to show what the worker itself can do: it speaks MongoDB's wire
/// protocol, keeps its state in memory, and answers at once or after a set delay.
///
/// It is no measure of how fast MongoDB is, and keeps nothing: every table that it is used for names it.
@main
struct SimulatedDatabase: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulated-database",
    abstract: "Speaks MongoDB's wire protocol and keeps its state in memory, for benchmarks.",
    discussion: """
      It knows the commands and filters that the worker uses while it handles events, and refuses others with \
      the code of MongoDB.
      """)

  @Option(help: "The port on 127.0.0.1.")
  var port: UInt16

  @Option(help: "How long each answer takes besides, in milliseconds. Connections wait independently.")
  var delay = 0.0

  func validate() throws {
    guard delay >= 0, delay <= 60_000 else {
      throw ValidationError("--delay takes milliseconds from 0 to 60000, not \(delay)")
    }
  }

  func run() throws {
    let databases = Databases()
    let listener = try Listener(port: port)
    while true {
      let connection = ClientConnection(try listener.accept(), databases, delay: .seconds(delay / 1000))
      let thread = Thread { connection.serve() }
      thread.start()
    }
  }
}
