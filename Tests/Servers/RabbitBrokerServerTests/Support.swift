import BSON
import Foundation
import Pipeline
import Synchronization
import TestServers
import Testing
import Updates

@testable import RabbitBroker

/// Exchanges and queues that no other test uses, on the shared server.
func uniqueTopology() -> BrokerTopology {
  let id = UUID().uuidString.prefix(8)
  var topology = BrokerTopology()
  topology.eventsExchange = "events_\(id)"
  topology.updatesExchange = "updates_\(id)"
  topology.queue = "queue_\(id)"
  return topology
}

/// A configuration for a server, with exchanges and queues of its own.
func configuration(_ server: RabbitServer, url: String? = nil) throws -> BrokerConfiguration {
  var configuration = try BrokerConfiguration(url: url ?? server.url())
  configuration.topology = uniqueTopology()
  return configuration
}

/// Messages of updates, as the planner makes them, to one user each.
func messages(
  _ count: Int, userId: String = "user", bodySize: Int? = nil, trace: TraceContext = TraceContext()
) throws -> [UpdateMessage] {
  try (0..<count).map { index in
    let user = count == 1 ? userId : "\(userId)\(index)"
    var document = BSONWriter()
    document.append("_id", try #require(ObjectId(String(format: "%024x", index + 1))))
    document.append("tenantId", "tenant")
    document.append("userId", user)
    document.append("entityId", "dialog")
    document.append("eventId", try #require(ObjectId("0123456789abcdef01234567")))
    document.append("eventType", "message.create")
    document.open("data")
    if let bodySize { document.append("filling", String(repeating: "x", count: bodySize)) }
    document.close()
    document.append("routingKey", "update.dialog.user.\(user).messageupdate")
    document.append("published", false)
    document.append("createdAt", 1_763_551_369_397.6482)
    let update = try #require(StoredUpdate(document.finish()))
    return UpdateMessage(update, publishedAt: 1_763_551_369_400, trace: trace)
  }
}

/// The error that `body` throws.
func brokerError(_ body: () async throws -> Void) async throws -> BrokerError {
  do {
    try await body()
  } catch let error as BrokerError {
    return error
  }
  Issue.record("nothing was thrown")
  return .notConnected
}

/// Events until there are `count`.
func events(_ count: Int, from source: BrokerEventSource) async throws -> [Delivery] {
  var deliveries: [Delivery] = []
  while deliveries.count < count { deliveries += try await source.next(limit: count - deliveries.count) }
  return deliveries
}

extension Delivery {
  /// The event's text.
  var text: String {
    if case .json(let bytes) = content { return String(decoding: bytes, as: UTF8.self) }
    return ""
  }
}

/// Collects notices, and lets a test wait for one.
final class Notices: Sendable {
  private let stream = AsyncStream<BrokerNotice>.makeStream()

  func note(_ notice: BrokerNotice) { stream.continuation.yield(notice) }

  /// Waits for a notice for which `condition` holds.
  func wait(for condition: @Sendable (BrokerNotice) -> Bool) async {
    for await notice in stream.stream where condition(notice) { return }
  }
}
