import TestKit
import BSON
import EmbeddedStore
import Foundation
import LiveHarness
import Pipeline
import RabbitBroker
import ReplayHarness
import Simulation
import SpecModel
import Testing
import Timelines
import Updates

/// Every kind of publisher passes the same test.
@Suite struct PublisherConformance {
  /// Routing key, message id, type and body of each message that arrived, in order.
  typealias Arrived = [(key: String, id: String, type: String, body: JSON)]

  fileprivate func check(
    _ publisher: any UpdatePublisher, _ arrived: () async throws -> Arrived
  ) async throws {
    let updates = try makeUpdates(users: ["a", "b.c", "\u{E9}"])
    let messages = updates.map { UpdateMessage($0, publishedAt: 2000.5, trace: TraceContext()) }
    #expect(try await publisher.publish(messages).isEmpty)
    #expect(try await publisher.publish([]).isEmpty)
    let found = try await arrived()
    #expect(found.map(\.key) == ["a", "b.c", "\u{E9}"].map { "update.dialog.user.\($0).dialogupdate" })
    #expect(found.map(\.id) == updates.map(\.id.description))
    #expect(Set(found.map(\.type)) == ["DialogUpdate"])
    for (message, update) in zip(found, updates) {
      #expect(message.body == (try JSON.parse(update.body(publishedAt: 2000.5))))
      #expect(message.body["publishedAt"] == .double(2000.5))
    }
  }

  @Test func `lines of JSON`() async throws {
    let folder = try TemporaryFolder()
    let file = folder.path("lines")
    let descriptor = open(file, O_WRONLY | O_CREAT, 0o600)
    defer { close(descriptor) }
    try await check(LinePublisher(descriptor: descriptor)) {
      try Data(contentsOf: URL(fileURLWithPath: file)).split(separator: UInt8(ascii: "\n")).map {
        let line = try JSON.parse(Array($0))
        return (
          line["routingKey"]?.string?.text ?? "", line["messageId"]?.string?.text ?? "",
          line["type"]?.string?.text ?? "", try #require(line["body"])
        )
      }
    }
  }

  @Test func `RabbitMQ`() async throws {
    try await withInstallation { installation in
      let configuration = try installation.brokerConfiguration()
      let publisher = BrokerPublisher(configuration)
      try await publisher.connect()
      try await check(publisher) {
        try installation.client().drain(installation.tap).map {
          ($0.routingKey, $0.messageId ?? "", $0.type ?? "", try JSON.parse($0.body))
        }
      }
      await publisher.close()
    }
  }
}

/// What the publisher of the simulation hands to its broker.
extension PublisherConformance {
  @Test func `the simulation`() async throws {
    let world = World()
    let broker = SimulatedBroker(world: world)
    let publisher = SimulatedPublisher(broker, life: Life(number: 1, world: world))
    try await publisher.connect()
    try await check(publisher) {
      try broker.routed.map {
        ($0.routingKey, $0.id.description, $0.type?.rawValue ?? "", try JSON.parse($0.body))
      }
    }
    await publisher.close()
  }
}

/// Every kind of event source passes the same test.
@Suite struct SourceConformance {
  private static let events = (1...5).map { number in
    """
    {"_id": "00000000000000000000000\(number)", "tenantId": "t", "eventType": "user.update", \
    "data": {"user": {"userId": "u"}}}
    """
  }

  private func check(_ source: any EventSource, end: () async throws -> Void) async throws {
    var taken: [Delivery] = []
    while taken.count < Self.events.count {
      let batch = try await source.next(limit: 2)
      #expect(!batch.isEmpty && batch.count <= 2)
      taken += batch
      if let last = batch.last { try await source.acknowledge(through: last.tag) }
      if batch.isEmpty { break }
    }
    #expect(taken.map(\.tag) == taken.map(\.tag).sorted())
    #expect(Set(taken.map(\.tag)).count == 5)
    let ids = try taken.map { delivery in
      switch delivery.content {
      case .json(let text): try EventHeader(json: text).id.description.suffix(1)
      case .document(let document): try EventHeader(document).id.description.suffix(1)
      case .unreadable(let error): throw error
      }
    }
    #expect(ids == ["1", "2", "3", "4", "5"])
    #expect(taken.allSatisfy { !$0.isRedelivered })
    try await end()
    #expect(try await source.next(limit: 2).isEmpty)
  }

  @Test func `a timeline`() async throws {
    let folder = try TemporaryFolder()
    let file = folder.path("events.ndjson")
    try Data(Self.events.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: file))
    let source = TimelineSource(files: [file], state: nil, badLines: BadLines { _ in })
    try await check(source) {}
  }

  @Test(arguments: BrokerTopology.QueueType.allCases)
  func `RabbitMQ`(_ type: BrokerTopology.QueueType) async throws {
    try await withInstallation(queueType: type) { installation in
      let configuration = try installation.brokerConfiguration()
      let source = BrokerEventSource(configuration)
      try await source.connect()
      try installation.client().publish(
        Self.events, to: installation.topology.eventsExchange, "user.update.t")
      try await check(source) { try await source.release() }
      await source.close()
    }
  }

  @Test func `the simulation`() async throws {
    let world = World()
    let broker = SimulatedBroker(world: world)
    let source = SimulatedSource(broker, life: Life(number: 1, world: world))
    try await source.connect()
    for event in Self.events { broker.send(Array(event.utf8)) }
    try await check(source) { try await source.release() }
    await source.close()
  }
}

/// What RabbitMQ does with events that a worker leaves behind, on RabbitMQ itself and on the simulation.
@Suite struct RedeliveryConformance {
  /// A source on a new queue with the given prefetch, and the events in it.
  private typealias Stage = (source: any LiveEventSource, send: ([String]) throws -> Void)

  private func check(_ stage: Stage) async throws {
    let texts = (1...4).map { "{\"number\": \($0)}" }
    try await stage.source.connect()
    try stage.send(texts)
    var taken: [Delivery] = []
    while taken.count < 2 { taken += try await stage.source.next(limit: 2 - taken.count) }
    try await stage.source.acknowledge(through: taken[0].tag)
    try await stage.source.connect()
    var again: [Delivery] = []
    while again.count < 3 { again += try await stage.source.next(limit: 3 - again.count) }
    #expect(
      again.map(\.text) == Array(texts[1...]), "what was not acknowledged comes again, in the queue's order")
    #expect(again[0].isRedelivered)
    #expect(again[0].tag > taken[1].tag)
    // An acknowledgement that belongs to the earlier connection must not reach the new one.
    try await stage.source.acknowledge(through: taken[1].tag)
    try await stage.source.acknowledge(through: again[1].tag)
    try await stage.source.release()
    #expect(try await stage.source.next(limit: 3).isEmpty)
    await stage.source.close()
    try await stage.source.connect()
    #expect(try await stage.source.next(limit: 3).map(\.text) == [texts[3]])
    await stage.source.close()
  }

  @Test(arguments: BrokerTopology.QueueType.allCases)
  func `RabbitMQ`(_ type: BrokerTopology.QueueType) async throws {
    try await withInstallation(queueType: type) { installation in
      var configuration = try installation.brokerConfiguration()
      configuration.prefetch = 3
      let client = try installation.client()
      try await check(
        (
          BrokerEventSource(configuration),
          { try client.publish($0, to: installation.topology.eventsExchange, "user.update.t") }
        ))
    }
  }

  @Test func `the simulation`() async throws {
    let world = World()
    let broker = SimulatedBroker(world: world)
    try await check(
      (
        SimulatedSource(broker, life: Life(number: 1, world: world), prefetch: 3),
        { for text in $0 { broker.send(Array(text.utf8)) } }
      ))
  }
}

extension Delivery {
  fileprivate var text: String {
    guard case .json(let text) = content else { return "" }
    return String(decoding: text, as: UTF8.self)
  }
}
