import RabbitBroker
import BSON
import LiveHarness
import ReplayHarness
package import SpecModel
import TestServers

/// What can be seen of a round from outside, when all workers have ended.
package struct Evidence: Sendable {
  /// A record of `updates`.
  package struct Stored: Sendable {
    /// What makes it one.
    package var key: UpdateKey
    /// `_id`.
    package var id: String
    /// Whether it is marked as published.
    package var isPublished: Bool
    /// All of it but the fields that vary.
    package var json: JSON
  }

  /// A message that a gateway got.
  package struct Received: Sendable {
    /// Whose update it says it is.
    package var key: UpdateKey
    /// `message_id`.
    package var id: String
    /// The body with the routing key, without the fields that vary.
    package var json: JSON
  }

  /// All records of `updates`, in no order.
  package var stored: [Stored] = []
  /// All messages in the order in which they came.
  package var received: [Received] = []
  /// What lies in the queue of the dead letters.
  package var deadLetters: [[UInt8]] = []
  /// How many events are left in the worker's queue.
  package var left = 0
  /// Whether the queue that all messages were taken from is still bound to the updates.
  package var isTapBound = true
  /// The events that were delivered more than once, where that was watched.
  package var redelivered: Set<String> = []

  /// Nothing.
  package init() {}

  /// Takes it from an installation, whose tap and dead letters are empty then. `trace` names a queue with copies of all
  /// deliveries, where there is one.
  init(_ installation: Installation, trace: String?) throws {
    let client = try installation.client()
    if let trace {
      for delivery in try client.drain(trace) where delivery.headers["redelivered"] == "1" {
        // A bad event has no identity, nor updates.
        if let id = try? JSON.parse(delivery.body)["_id"]?.string { redelivered.insert(id.text) }
      }
    }
    left = try client.count(installation.topology.queue)
    deadLetters = try client.drain(installation.topology.deadLetterQueue).map(\.body)
    stored = try installation.database.records(of: "updates").map(Stored.init)
    received = try client.drain(installation.tap).map(Received.init)
    try client.publish([0], to: installation.topology.updatesExchange, "update.probe")
    isTapBound = try client.get(installation.tap) != nil
  }
}

extension Evidence.Stored {
  fileprivate init(_ record: BSONDocument) throws {
    let update = try JSON.parse(JSONWriter.text(record))
    let type = update["routingKey"]?.string?.text.split(separator: ".").last ?? "?"
    key = UpdateKey(
      tenant: update["tenantId"]?.string?.text ?? "?", event: update["eventId"]?.string?.text ?? "?",
      user: update["userId"]?.string?.text ?? "?", type: String(type))
    id = update["_id"]?.string?.text ?? "?"
    // Some servers of MongoDB's protocol give booleans back as numbers.
    isPublished = update["published"] == true || update["published"] == 1
    json = withoutVaryingFields(update)
  }
}

extension Evidence.Received {
  fileprivate init(_ message: ReceivedMessage) throws {
    guard let id = message.messageId, let type = message.type, let tenant = message.headers["tenantId"],
      let user = message.headers["userId"], let event = message.headers["eventId"]
    else { throw TestServerError("a message lacks properties: \(message)") }
    key = UpdateKey(tenant: tenant, event: event, user: user, type: type)
    self.id = id
    var body = try JSON.parse(message.body)
    guard body["_id"]?.string?.text == id, body["published"] == true else {
      throw TestServerError("the body of message \(id) is another update's: \(body.text)")
    }
    if case .object(var fields) = withoutVaryingFields(body) {
      fields["routingKey"] = .string(message.routingKey)
      body = .object(fields)
    }
    json = body
  }
}
