import TestKit
import BSON
import EmbeddedStore
import Foundation
import LiveHarness
import Pipeline
import RabbitBroker
import ReplayHarness
import SpecModel
import Testing
import Timelines
import Updates

/// Every kind of publisher passes the same test.
@Suite struct PublisherConformance {
  /// Routing key, message id, type and body of each message that arrived, in order.
  typealias Arrived = [(key: String, id: String, type: String, body: JSON)]

  private func check(
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

  @Test func `RabbitMQ`() async throws {
    try await withInstallation { installation in
      let configuration = try installation.brokerConfiguration()
      let source = BrokerEventSource(configuration)
      try await source.connect()
      try installation.client().publish(
        Self.events, to: installation.topology.eventsExchange, "user.update.t")
      try await check(source) { try await source.release() }
      await source.close()
    }
  }
}
