import Foundation
import Pipeline
import BSON
import Updates

/// The same wire calls as the worker's, through the C libraries alone, one after the other on one thread,
/// with all bytes encoded beforehand: the most that the servers and the C libraries allow, for a worker that
/// computes nothing.
///
/// For each round it takes the events from the queue and asks each collection once for what all of them need;
/// inserts, publishes and marks the updates slice by slice, waiting for the confirms of each; and then
/// acknowledges the events.
final class Roofline {
  private struct Slice {
    let documents: CDocuments
    let messages: [PreparedMessage]
    let ids: CDocument
  }

  private struct Round {
    let events: Int
    let lookUps: [(collection: String, filter: CDocument, options: CDocument)]
    let slices: [Slice]
  }

  private let bench: Bench
  private let rounds: [Round]
  private let mark: CDocument
  private let arena = Arena()
  /// Nanoseconds spent on each kind of call, in all runs together.
  private var spent: [String: UInt64] = [:]

  /// Encodes everything that it will send.
  init(_ bench: Bench) throws {
    self.bench = bench
    var mark = BSONWriter()
    mark.open("$set")
    mark.append("published", true)
    mark.append("publishedAt", 1_763_551_369_397.25)
    mark.close()
    self.mark = try CDocument(mark.finish())
    let arena = arena
    rounds = try bench.rounds.map { round in
      Round(
        events: round.events,
        lookUps: try round.lookUps.map {
          ($0.collection, try CDocument($0.filter), try CDocument($0.options))
        },
        slices: try zip(round.inserts, round.messages).map { documents, messages in
          Slice(
            documents: try CDocuments(documents), messages: messages.map { PreparedMessage($0, in: arena) },
            ids: try CDocument(Self.filter(messages.map(\.id))))
        })
    }
  }

  private static func filter(_ ids: [ObjectId]) -> BSONDocument {
    var filter = BSONWriter(capacity: 64 + ids.count * 20)
    filter.open("_id")
    filter.open("$in", as: .array)
    for (index, id) in ids.enumerated() { filter.append(String(index), id) }
    filter.close()
    filter.close()
    return filter.finish()
  }

  /// Runs all rounds once.
  ///
  /// - Returns: Updates per second, from the first event to the last acknowledgement and the last update.
  func run() throws -> Double {
    try bench.forgetUpdates()
    let servers = bench.servers
    let publisher = try BrokerConnection(port: servers.rabbitPort)
    try publisher.selectConfirms()
    let consumer = try BrokerConnection(port: servers.rabbitPort)
    try servers.broker.publish(bench.events, to: Bench.events)
    servers.tap.expect(bench.updateCount)
    let start = Clock.now()
    try consumer.consume(Bench.eventQueue, prefetch: 300)
    for round in rounds {
      let tag = try timed("deliveries") { try take(round.events, from: consumer) }
      try handle(round, publisher)
      try consumer.acknowledge(through: tag)
    }
    _ = try servers.tap.wait(seconds: 60)
    let seconds = Double(Clock.now() - start) / 1e9
    try bench.checkAllDone()
    return Double(bench.updateCount) / seconds
  }

  private func take(_ count: Int, from consumer: BrokerConnection) throws -> UInt64 {
    var tag: UInt64 = 0
    for _ in 0..<count {
      let next = try consumer.nextTag(within: 10_000)
      guard let next else { throw BenchmarkError("RabbitMQ delivers no more events") }
      tag = next
    }
    return tag
  }

  private func handle(_ round: Round, _ publisher: BrokerConnection) throws {
    let mongo = bench.mongo
    for lookUp in round.lookUps {
      _ = try timed("find " + lookUp.collection) {
        try mongo.find(lookUp.collection, filter: lookUp.filter, options: lookUp.options)
      }
    }
    for slice in round.slices {
      try timed("insert") {
        try mongo.insert(slice.documents, into: Bench.updates, options: bench.unordered)
      }
      try timed("publish") { try publisher.publish(slice.messages, to: "chat3_updates") }
      try timed("mark") { try mongo.updateMany(Bench.updates, filter: slice.ids, update: mark) }
    }
  }

  /// Where the time of all runs went, in microseconds per update.
  func shares(runs: Int) -> String {
    let updates = Double(max(1, runs) * bench.updateCount)
    return spent.sorted { $0.value > $1.value }
      .map { "\($0.key) \(String(format: "%.0f", Double($0.value) / 1e3 / updates))" }
      .joined(separator: ", ")
  }

  private func timed<Result>(_ what: String, _ body: () throws -> Result) rethrows -> Result {
    let start = Clock.now()
    defer { spent[what, default: 0] += Clock.now() - start }
    return try body()
  }
}
