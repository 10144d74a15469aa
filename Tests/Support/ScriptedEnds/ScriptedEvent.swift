package import BSON
package import Pipeline
package import Updates

/// A well-formed event. Its identity ends in its number, and it was made at that many seconds after 1970.
package struct ScriptedEvent: Sendable {
  private let number: Int
  package let text: [UInt8]
  package let header: EventHeader

  /// - Parameter data: The sections, as JSON.
  package init(_ number: Int, _ type: String, of tenant: String = "t", data: String = "{}") throws {
    let digits = String(number)
    // The identities of corrections start with zeros, so this is never one.
    let id = "64b0" + String(repeating: "0", count: 20 - digits.count) + digits
    self.number = number
    text = Array(
      #"{"_id":"\#(id)","tenantId":"\#(tenant)","eventType":"\#(type)","createdAt":\#(number * 1000),"data":\#(data)}"#
        .utf8)
    header = try EventHeader(json: text)
  }

  /// For the members of the dialog.
  package static func dialogUpdate(_ number: Int, dialog: String = "d", name: String = "n") throws -> Self {
    try Self(number, "dialog.update", data: #"{"dialog":{"dialogId":"\#(dialog)","name":"\#(name)"}}"#)
  }

  /// For one user.
  package static func userUpdate(_ number: Int, user: String, of tenant: String = "t") throws -> Self {
    try Self(number, "user.update", of: tenant, data: #"{"user":{"userId":"\#(user)"}}"#)
  }

  /// For the members of the dialog and the added user, followed by the statistics of that user.
  package static func memberAdd(_ number: Int, user: String, dialog: String = "d") throws -> Self {
    try Self(
      number, "dialog.member.add",
      data: #"{"dialog":{"dialogId":"\#(dialog)"},"member":{"userId":"\#(user)"}}"#)
  }

  /// For the members of the dialog, followed by the statistics of members with one unread message.
  package static func messageCreate(_ number: Int, sender: String, dialog: String = "d") throws -> Self {
    try Self(
      number, "message.create",
      data:
        #"{"dialog":{"dialogId":"\#(dialog)"},"message":{"messageId":"m\#(number)","senderId":"\#(sender)"}}"#
    )
  }

  package var id: ObjectId { header.id }

  package var key: EventKey { header.key ?? EventKey(tenantId: Identifier(""), eventId: id) }

  /// The event as a broker delivers it. Its number is the delivery tag.
  package func delivery(isRedelivered: Bool = false, trace: TraceContext = TraceContext()) -> Delivery {
    Delivery(content: .json(text), tag: UInt64(number), isRedelivered: isRedelivered, trace: trace)
  }

  /// The ordinary updates for members of the dialog, or for the user whom the event is about. Made one after
  /// the other, the first at the time of the event.
  package func updates(for users: [String] = []) throws -> [Update] {
    guard let event = try Event(header) else { return [] }
    let resolved = try event.located(stored: nil).resolved(with: EventState())
    let members = users.map { Member(userId: Identifier($0), record: .empty) }
    var updates = try resolved.plan(with: Profiles()).updates(
      for: resolved.recipients.all(among: members), profiles: Profiles())
    for index in updates.indices { updates[index].createdAt = Double(number * 1000 + index) }
    return updates
  }
}
