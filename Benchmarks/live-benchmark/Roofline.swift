import Foundation
import CRabbitMQ
import Pipeline
import BSON
import Updates

/// The same wire calls as the worker's, through the C libraries alone, one after the other on one thread,
/// with all bytes made beforehand: what the servers and the C libraries allow a worker that computes nothing.
///
/// Per batch of events: takes them from the queue, asks each collection once for what all of them need, and
/// then for each part of the updates inserts, publishes, awaits the confirms and marks; last the events are
/// acknowledged.
final class Roofline {
  private struct Part {
    let documents: [CDocument]
    let pointers: UnsafeMutableBufferPointer<OpaquePointer?>
    let messages: [PreparedMessage]
    let ids: CDocument
  }

  private struct Batch {
    let events: Int
    let lookUps: [(collection: String, filter: CDocument, options: CDocument)]
    let parts: [Part]
  }

  private let bench: Bench
  private let batches: [Batch]
  private let mark: CDocument
  private let arena = Arena()
  /// Nanoseconds spent on each kind of call, all rounds together.
  private var spent: [String: UInt64] = [:]

  /// Makes all bytes.
  init(_ bench: Bench) throws {
    self.bench = bench
    var mark = BSONWriter()
    mark.open("$set")
    mark.append("published", true)
    mark.append("publishedAt", 1_763_551_369_397.25)
    mark.close()
    self.mark = try CDocument(mark.finish())
    let arena = arena
    batches = try bench.batches.map { batch in
      Batch(
        events: batch.events,
        lookUps: try batch.lookUps.map {
          ($0.collection, try CDocument($0.filter), try CDocument($0.options))
        },
        parts: try zip(batch.inserts, batch.messages).map { documents, messages in
          let documents = try documents.map(CDocument.init)
          let pointers = UnsafeMutableBufferPointer<OpaquePointer?>.allocate(capacity: documents.count)
          _ = pointers.initialize(fromContentsOf: documents.map(\.pointer))
          return Part(
            documents: documents, pointers: pointers,
            messages: messages.map { PreparedMessage($0, in: arena) },
            ids: try CDocument(Self.filter(messages.map(\.id))))
        })
    }
  }

  deinit {
    for batch in batches { for part in batch.parts { part.pointers.deallocate() } }
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

  /// Updates per second from the first event to the last acknowledgement and the last update received.
  func round() throws -> Double {
    try bench.forgetUpdates()
    let servers = bench.servers
    let publisher = try BrokerConnection(port: servers.rabbitPort)
    try publisher.selectConfirms()
    let consumer = try BrokerConnection(port: servers.rabbitPort)
    try servers.broker.publish(bench.events, to: Bench.events)
    servers.tap.expect(bench.updateCount)
    let start = Clock.now()
    try consumer.consume(Bench.eventQueue, prefetch: 300)
    for batch in batches {
      let tag = try timed("deliveries") { try take(batch.events, from: consumer) }
      try handle(batch, publisher)
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
      let next = try consumer.next(within: 10_000) { $0.delivery_tag }
      guard let next else { throw BenchmarkError("RabbitMQ delivers no more events") }
      tag = next
    }
    return tag
  }

  private func handle(_ batch: Batch, _ publisher: BrokerConnection) throws {
    let mongo = bench.mongo
    for lookUp in batch.lookUps {
      _ = try timed("find " + lookUp.collection) {
        try mongo.find(lookUp.collection, filter: lookUp.filter, options: lookUp.options)
      }
    }
    for part in batch.parts {
      try timed("insert") {
        try mongo.insert(part.pointers, into: Bench.updates, options: bench.unordered)
      }
      try timed("publish") { try publisher.publish(part.messages, to: "chat3_updates") }
      try timed("mark") { try mongo.updateMany(Bench.updates, filter: part.ids, update: mark) }
    }
  }

  /// Where the time of all rounds went, in microseconds per update.
  func shares(rounds: Int) -> String {
    let updates = Double(max(1, rounds) * bench.updateCount)
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
