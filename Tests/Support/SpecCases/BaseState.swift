import SpecModel

/// The records that most cases start from: dialog `d1` of tenant `t` with the active members `alice` (no
/// `users` record), `bot_1` (of type `bot`) and `carl` (of type `user`), the inactive member `dave`, and
/// `carl`'s message `m1`.
let base: [Line] = [
  upsert(
    "users", user("carl", ["type": "user", "name": "Carl", "createdAt": 1000]),
    user("bot_1", ["type": "bot", "name": "Robot"])),
  upsert("dialogs", dialog("d1", ["name": "Team", "createdAt": 500.25, "_id": "6a", "__v": 3])),
  upsert(
    "dialogmembers",
    member("alice", ["unreadCount": 3, "lastSeenAt": 11, "lastMessageAt": 12.5, "isActive": true]),
    member("bot_1", ["unreadCount": 0]),
    member("carl", ["unreadCount": 2, "lastSeenAt": 21, "role": "admin"]),
    member("dave", ["unreadCount": 4, "isActive": false])),
  upsert(
    "messages",
    message(
      "m1", ["senderId": "carl", "type": "text", "content": "hi", "createdAt": 900, "_id": "6b", "__v": 0])),
  upsert(
    "metas", meta("dialogMember", "d1:carl", "pinned", true), meta("user", "carl", "lang", "en"),
    meta("dialog", "d1", "color", "red"), meta("message", "m1", "tag", "x")),
]

/// The active members of `d1`.
let everyone = ["alice", "bot_1", "carl"]

/// The least that an event says about `d1`.
let d1: JSON = ["dialogId": "d1"]

/// The least that an event says about `m1`.
let m1: JSON = ["messageId": "m1", "dialogId": "d1", "senderId": "carl"]

/// The data of a message event about `m1`.
let d1m1: JSON = ["dialog": d1, "message": m1]

/// A record of `users`.
func user(_ userId: String, _ fields: JSON = [:], tenant: String = "t") -> JSON {
  (["tenantId": .string(tenant), "userId": .string(userId)] as JSON).with(fields)
}

/// A record of `dialogs`.
func dialog(_ dialogId: String, _ fields: JSON = [:], tenant: String = "t") -> JSON {
  (["tenantId": .string(tenant), "dialogId": .string(dialogId)] as JSON).with(fields)
}

/// A record of `dialogmembers`.
func member(_ userId: String, _ fields: JSON = [:], of dialog: String = "d1", tenant: String = "t") -> JSON {
  let key: JSON = ["tenantId": .string(tenant), "dialogId": .string(dialog), "userId": .string(userId)]
  return key.with(fields)
}

/// A record of `messages`.
func message(_ messageId: String, _ fields: JSON = [:], of dialog: String = "d1", tenant: String = "t")
  -> JSON
{
  let key: JSON = ["tenantId": .string(tenant), "dialogId": .string(dialog), "messageId": .string(messageId)]
  return key.with(fields)
}

/// A record of `messagestatuses`.
func status(_ message: String, _ userId: String, _ fields: JSON = [:], tenant: String = "t") -> JSON {
  let key: JSON = ["tenantId": .string(tenant), "messageId": .string(message), "userId": .string(userId)]
  return key.with(fields)
}

/// A record of `metas`.
func meta(_ entityType: String, _ entityId: String, _ key: String, _ value: JSON, tenant: String = "t")
  -> JSON
{
  [
    "tenantId": .string(tenant), "entityType": .string(entityType), "entityId": .string(entityId),
    "key": .string(key), "value": value,
  ]
}

/// A text of this many bytes.
func text(bytes: Int) -> String { String(repeating: "x", count: bytes) }
