import RabbitBroker
import BSON
import LiveHarness
import ReplayHarness
package import SpecModel
import TestServers

/// What can be seen of a round from outside once all workers have ended.
package struct Evidence: Sendable {
  /// A record of `updates`.
  package struct Stored: Sendable {
    package var key: UpdateKey
    /// The `_id`.
    package var id: String
    package var isPublished: Bool
    /// Without the fields that vary.
    package var json: JSON
  }

  /// A message that a gateway got.
  package struct Received: Sendable {
    /// The update that its headers name.
    package var key: UpdateKey
    /// The `message_id`.
    package var id: String
    /// The body with the routing key, without the fields that vary.
    package var json: JSON
  }

  /// All records of `updates`, in no order.
  package var stored: [Stored] = []
  /// All messages, in the order in which they came.
  package var received: [Received] = []
  /// The bodies in the dead-letter queue.
  package var deadLetters: [[UInt8]] = []
  /// How many events are left in the worker's queue.
  package var left = 0
  /// Whether the tap is still bound to the exchange of the updates.
  package var isTapBound = true
  /// The events that were delivered more than once, if deliveries were watched.
  package var redelivered: Set<String> = []

  package init() {}

  /// Takes the evidence from an installation, which empties its tap and its dead-letter queue.
  ///
  /// - Parameter redelivered: The events that were delivered more than once, as far as that is known.
  init(_ installation: Installation, redelivered: Set<String>) throws {
    let client = try installation.client()
    self.redelivered = redelivered
    left = try client.count(installation.topology.queue)
    deadLetters = try client.drain(installation.topology.deadLetterQueue).map(\.body)
    stored = try installation.database.records(of: "updates").map(Stored.init)
    received = try client.drain(installation.tap).map(Received.init)
    try client.publish([0], to: installation.topology.updatesExchange, "update.probe")
    isTapBound = try client.get(installation.tap) != nil
  }
}

extension Evidence {
  /// The events that were delivered more than once, according to RabbitMQ's copies of deliveries.
  static func redelivered(in trace: [ReceivedMessage]) -> Set<String> {
    Set(
      trace.filter { $0.headers["redelivered"] == "1" }.compactMap {
        // A bad event has neither an identity nor updates.
        try? JSON.parse($0.body)["_id"]?.string?.text
      })
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
    // nx-27017 returns a boolean that `$set` has written as a number.
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
      throw TestServerError("message \(id) has the body of another update: \(body.text)")
    }
    if case .object(var fields) = withoutVaryingFields(body) {
      fields["routingKey"] = .string(message.routingKey)
      body = .object(fields)
    }
    json = body
  }
}
