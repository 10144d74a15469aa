import BSON
import Foundation
import Pipeline

/// A bad event on its way to the dead letters.
struct DeadLetter: Sendable {
  /// Explanations longer than this many bytes are cut, because all headers must fit into one frame.
  static let longestError = 4096

  let body: [UInt8]
  /// Properties and headers of the event, in AMQP's encoding.
  let properties: [UInt8]
  /// What is wrong, in words.
  let error: String
  /// ISO 8601, UTC.
  let failedAt: String
  let exchange: String
  let routingKey: String

  init(_ delivery: Delivery, error: String, failedAt: Date) {
    switch delivery.content {
    case .json(let bytes): body = bytes
    case .document(let document):
      var json = JSONWriter(capacity: document.bytes.count * 2)
      json.append(document)
      body = json.bytes
    case .unreadable: body = []
    }
    properties = delivery.origin?.properties ?? []
    exchange = delivery.origin?.exchange ?? ""
    routingKey = delivery.origin?.routingKey ?? ""
    self.error =
      error.utf8.count <= Self.longestError ? error : String(error.prefix(Self.longestError / 4)) + "…"
    self.failedAt = failedAt.formatted(
      .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
  }
}

extension BrokerConnection {
  /// Prepares the channel for sending dead letters.
  func prepareBurying() throws(BrokerError) {
    let topology = configuration.topology
    try withHandle { handle throws(BrokerError) in
      try handle.provide(topology.deadLetterDeclaration, of: topology)
    }
    try preparePublishing(to: nil)
  }

  /// Sends a dead letter; returns once it is in the queue.
  func bury(_ letter: DeadLetter) async throws {
    let topology = configuration.topology
    let queue = topology.deadLetterQueue
    for _ in 1...max(configuration.publishAttempts, 1) {
      returned = []
      let (_, outcome) = try await transmit(1) { handle, _ throws(BrokerError) in
        try handle.publish(letter, to: queue)
        return letter.body.count
      }
      switch outcome {
      case .answered(let refused) where refused.isEmpty && returned.isEmpty: return
      case .answered where !returned.isEmpty:
        // Somebody has deleted the queue. The channel must not be replaced, because its confirms are counted.
        try withHandle { handle throws(BrokerError) in
          try handle.provide(topology.deadLetterDeclaration, of: topology, mayBeFound: false)
        }
      default: break
      }
    }
    try renewChannel()
    throw BrokerError(
      .refusedMessages,
      "RabbitMQ at \(address) refuses to take a dead letter into the queue \"\(queue)\"; "
        + "empty the queue if a policy limits it (max-length with reject-publish), or see RabbitMQ's log.",
      isRetryable: true)
  }
}
