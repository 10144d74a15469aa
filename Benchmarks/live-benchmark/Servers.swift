import Foundation
import TestServers

/// The servers that the benchmark uses, and its own connections to RabbitMQ.
final class Servers {
  let tap: Tap
  /// Declares, looks at queues, and publishes with confirms.
  let broker: BrokerConnection
  /// Publishes without confirms.
  let pacer: BrokerConnection
  let rabbitURL: String
  let rabbitPort: Int
  /// The URI of MongoDB before and after the name of a database.
  private let mongo: (before: String, after: String)
  private let rabbit: RabbitServer
  private let simulated: DatabaseProcess?

  /// Starts RabbitMQ, and MongoDB unless MONGODB_URI names one.
  ///
  /// - Parameter delay: If not `nil`, a simulated database whose answers take so many milliseconds more takes the
  ///   place of MongoDB.
  init(simulatedDelay delay: Double?, folder: String) async throws {
    rabbit = try await RabbitServer()
    let name = MongoServer.newDatabase()
    let uri: String
    if let delay {
      let process = try await DatabaseProcess(delay: delay, folder: folder)
      simulated = process
      uri = "mongodb://127.0.0.1:\(process.port)/\(name)"
    } else {
      simulated = nil
      uri = try await MongoServer.sharedURI(database: name, isBusy: true)
    }
    guard let range = uri.firstRange(of: name) else { throw BenchmarkError("no database in \(uri)") }
    mongo = (String(uri[..<range.lowerBound]), String(uri[range.upperBound...]))
    rabbitPort = rabbit.port
    rabbitURL = rabbit.url()
    broker = try BrokerConnection(port: rabbit.port)
    try broker.declareExchange(Bench.events)
    try broker.declareQueue(Bench.eventQueue, boundTo: Bench.events, key: "#")
    try broker.selectConfirms()
    pacer = try BrokerConnection(port: rabbit.port)
    tap = try Tap(port: rabbit.port)
  }

  func mongoURI(_ database: String) -> String { mongo.before + database + mongo.after }
}
