import RabbitBroker
import BSON
import Updates
import TestServers

/// Events of one dialog, and the updates that are due for them.
package struct Traffic: Sendable {
  /// The active members of the dialog.
  package let members: [String]
  /// How many events there are.
  package let count: Int

  /// Each event makes an update for each member.
  package init(events count: Int, members: Int = 2) {
    self.count = count
    self.members = (1...members).map { "member\($0)" }
  }

  /// The records of the members, as JSON.
  package var records: [String] {
    members.map { #"{"tenantId":"t","dialogId":"d","userId":"\#($0)","unreadCount":0}"# }
  }

  /// Events as JSON text.
  ///
  /// - Parameter first: From 0 on.
  package func events(from first: Int = 0, count: Int? = nil) -> [String] {
    (first..<first + (count ?? self.count - first)).map { number in
      #"{"_id":"\#(Self.id(number))","tenantId":"t","eventType":"dialog.update","entityType":"dialog","#
        + #""entityId":"d","data":{"dialog":{"dialogId":"d","name":"\#(number)"}},"#
        + #""createdAt":\#(Self.time(number))}"#
    }
  }

  /// The `_id` of an event.
  ///
  /// - Parameter number: From 0 on.
  package static func id(_ number: Int) -> String {
    let digits = String(number + 1, radix: 16)
    return String(repeating: "0", count: 24 - digits.count) + digits
  }

  /// When an event was made, in milliseconds since 1970: one second after the event before it.
  package static func time(_ number: Int) -> Double { 1_763_551_369_397.5 + Double(number) * 1000 }

  /// Event and recipient of every update that is due.
  package var due: Set<String> {
    Set((0..<count).flatMap { number in members.map { "\(Self.id(number)) \($0)" } })
  }

  /// What is wrong with the outcome of all the events, in words. Each must have exactly its updates, each
  /// published at least once and under one id, and the queue and the dead-letter queue must be empty. No
  /// worker may still run.
  package func complaints(about installation: Installation) async throws -> [String] {
    var complaints: [String] = []
    let client = try installation.client()
    for queue in [installation.topology.queue, installation.topology.deadLetterQueue] {
      let left = try client.count(queue)
      if left > 0 { complaints.append("\(left) messages are left in \(queue)") }
    }
    let stored = try await installation.storedUpdates()
    let names = stored.map { "\($0.eventId) \($0.userId.string)" }
    if names.count != Set(names).count { complaints.append("updates are stored twice") }
    let (missing, surplus) = (due.subtracting(names), Set(names).subtracting(due))
    if !missing.isEmpty { complaints.append("\(missing.count) updates are missing: \(missing.prefix(5))") }
    if !surplus.isEmpty { complaints.append("\(surplus.count) updates too many: \(surplus.prefix(5))") }
    let unpublished = stored.count { !$0.isPublished }
    if unpublished > 0 { complaints.append("\(unpublished) updates are not marked as published") }
    let byId = Dictionary(stored.map { ($0.id.description, $0) }) { first, _ in first }
    var seen: Set<String> = []
    for message in try client.drain(installation.tap) {
      let id = message.messageId ?? "no id"
      guard let update = byId[id] else {
        complaints.append("a message \(id) is of no stored update")
        continue
      }
      seen.insert(id)
      if message.headers["userId"] != update.userId.string
        || message.headers["eventId"] != update.eventId.description
      {
        complaints.append("the message \(id) is not of the update \(id)")
      }
    }
    let unseen = Set(byId.keys).subtracting(seen)
    if !unseen.isEmpty {
      try client.publish([0], to: installation.topology.updatesExchange, "update.probe")
      let isBound = try client.get(installation.tap) != nil
      complaints.append(
        "\(unseen.count) updates were never published"
          + (isBound ? "" : ", or RabbitMQ has lost the binding of the tap"))
    }
    return complaints
  }
}
