import BSON
import Pipeline

/// Messages in dialogs of one size, and the state as the API leaves it: the messages are stored and counted
/// as unread before the worker reads the first event.
struct Load: Sendable {
  /// Messages of one dialog. The first of them makes it unread for half of the members.
  static let burst = 4
  static let tenant = "tnt_default"
  private static let time = 1_763_551_369_397.25

  /// Active members of each dialog.
  let recipients: Int
  let events: Int
  /// Where its dialogs, messages and events are numbered from, so that two loads may be in one database.
  var first = 0

  var dialogs: Int { events / Self.burst }
  private var population: Int { recipients + 1000 }

  /// An event as JSON text.
  ///
  /// - Parameter index: From 0 on.
  func event(_ index: Int) -> [UInt8] {
    let dialog = dialog(of: index)
    let id = dialogId(dialog)
    let message = messageId(index)
    let sender = member(dialog, 0)
    let time = Self.time + Double(index)
    let text = """
      {"_id":"\(Self.identity(of: first + index))","tenantId":"\(Self.tenant)","eventType":"message.create",\
      "entityType":"message","entityId":"\(message)","actorId":"\(sender)","actorType":"user",\
      "data":{"context":{"version":2,"eventType":"message.create","dialogId":"\(id)",\
      "entityId":"\(message)",\
      "messageId":"\(message)","includedSections":["dialog","message","actor"],"updatedFields":["message"]},\
      "dialog":{"dialogId":"\(id)","tenantId":"\(Self.tenant)","name":"Dialog \(dialog)",\
      "createdBy":"\(sender)",\
      "createdAt":\(Self.time),"updatedAt":\(Self.time),"meta":{"channel":"telegram"}},\
      "message":{"messageId":"\(message)","dialogId":"\(id)",\
      "senderId":"\(sender)","type":"internal.text",\
      "content":"Hello, this is message \(index), about as long as people write.",\
      "meta":{},"createdAt":\(time)}},\
      "createdAt":\(time)}
      """
    return Array(text.utf8)
  }

  /// The `_id` of an event.
  static func identity(of index: Int) -> String {
    let digits = String(index, radix: 16)
    return "691db5c9" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The index of the event with this `_id`.
  static func index(ofIdentity identity: String) -> Int? { Int(identity.suffix(16), radix: 16) }

  /// The state, in changes of at most a thousand records.
  func state() throws -> [StateChange] {
    let time = Self.time
    let tenant = "\"tenantId\":\"\(Self.tenant)\""
    let users = (0..<population).map {
      "{\(tenant),\"userId\":\"\(userId($0))\",\"type\":\"user\",\"name\":\"User \($0)\","
        + "\"createdAt\":\(time)}"
    }
    let metas = stride(from: 0, to: population, by: 5).map {
      "{\(tenant),\"entityType\":\"user\",\"entityId\":\"\(userId($0))\",\"key\":\"role\","
        + "\"value\":\"support\"}"
    }
    let members = (0..<dialogs).flatMap { dialog in
      (0..<recipients).map { position in
        let unread = position % 2 == 1 ? Self.burst : 0
        return "{\(tenant),\"dialogId\":\"\(dialogId(dialog))\",\"userId\":\"\(member(dialog, position))\","
          + "\"unreadCount\":\(unread),\"lastSeenAt\":\(time),\"lastMessageAt\":\(time),\"isActive\":true}"
      }
    }
    let messages = (0..<events).map { index in
      let dialog = dialog(of: index)
      return "{\(tenant),\"messageId\":\"\(messageId(index))\",\"dialogId\":\"\(dialogId(dialog))\","
        + "\"senderId\":\"\(member(dialog, 0))\",\"type\":\"internal.text\",\"content\":\"Hello\","
        + "\"createdAt\":\(time + Double(index))}"
    }
    return try [("users", users), ("metas", metas), ("dialogmembers", members), ("messages", messages)]
      .flatMap { collection, records in
        try stride(from: 0, to: records.count, by: 1000).map { start in
          let slice = records[start..<min(start + 1000, records.count)].joined(separator: ",")
          return try StateChange(
            JSONReader.object(Array("{\"upsert\":{\"\(collection)\":[\(slice)]}}".utf8)))
        }
      }
  }

  /// Consecutive events belong to different dialogs, as in a backlog.
  private func dialog(of index: Int) -> Int { index % dialogs }
  private func dialogId(_ number: Int) -> String { "dlg_\(10_000_000_000_000 + first + number)" }
  private func messageId(_ number: Int) -> String { "msg_\(10_000_000_000_000 + first + number)" }
  private func userId(_ number: Int) -> String { "user_\(100_000 + number)" }
  private func member(_ dialog: Int, _ position: Int) -> String {
    userId((dialog * 7 + position) % population)
  }
}
