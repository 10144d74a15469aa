import SpecModel

/// A row of the table of §3: a plain event of the type, and which updates with which sections each recipient
/// gets.
private struct Row {
  let types: [String]
  let data: JSON
  let update: String
  let category: String
  let recipients: [String]
  let sections: [JSON]
  var statistics = false
}

private let rows: [Row] = [
  Row(
    types: ["dialog.create", "dialog.update", "dialog.delete"], data: ["dialog": d1], update: "DialogUpdate",
    category: "dialog", recipients: everyone, sections: ["dialog", "member"]),
  Row(
    types: ["dialog.member.add", "dialog.member.remove"], data: ["dialog": d1, "member": ["userId": "eve"]],
    update: "DialogUpdate", category: "dialog", recipients: everyone + ["eve"],
    sections: ["dialog", "member"],
    statistics: true),
  Row(
    types: ["dialog.member.update"], data: ["dialog": d1, "member": ["userId": "eve"]],
    update: "DialogMemberUpdate", category: "dialog", recipients: ["eve"], sections: ["dialog", "member"]),
  Row(
    types: ["message.create", "message.update"], data: d1m1, update: "MessageUpdate", category: "dialog",
    recipients: everyone, sections: ["dialog", "member", "message"]),
  Row(
    types: ["message.status.update"], data: d1m1.with(["statusUpdate": ["userId": "alice"]]),
    update: "MessageUpdate", category: "dialog", recipients: everyone,
    sections: ["dialog", "message", "statusUpdate"]
  ),
  Row(
    types: ["message.reaction.update"], data: d1m1.with(["reactionUpdate": ["userId": "alice"]]),
    update: "MessageUpdate", category: "dialog", recipients: everyone,
    sections: ["dialog", "message", "reactionUpdate"]),
  Row(
    types: ["dialog.typing"], data: ["dialog": d1, "typing": ["userId": "alice"]], update: "TypingUpdate",
    category: "dialog", recipients: ["bot_1", "carl"], sections: ["dialog", "member", "typing"]),
  Row(
    types: ["user.add", "user.update", "user.remove"], data: ["user": ["userId": "eve"]],
    update: "UserUpdate",
    category: "user", recipients: ["eve"], sections: ["user"]),
]

private let ignoredTypes = [
  "message.delete", "message.reaction.add", "message.reaction.remove", "message.status.create",
  "tenant.create",
  "tenant.update", "tenant.delete", "user.stats.update", "dialog.archive", "Dialog.Update", "dialog.update ",
  "message", ".", "dialog.member", "$where",
]

extension SpecCase {
  @SpecCases static var eventTypes: [SpecCase] {
    for row in rows {
      for type in row.types {
        SpecCase(
          "§3 \(type): who gets which update with which sections",
          [event(type, row.data)],
          row.recipients.map { recipient in
            let userType = recipient == "bot_1" ? "bot" : "user"
            return get(
              row.update, [recipient],
              [
                "eventType": .string(type), "data/context/includedSections": .array(row.sections),
                "routingKey": .string(
                  "update.\(row.category).\(userType).\(recipient).\(row.update.lowercased())"),
              ])
          } + (row.statistics ? [statistics("eve")] : []))
      }
    }
    for type in ignoredTypes {
      SpecCase(
        "§3 \"\(type)\": makes no update, and is counted as ignored",
        [event(type, d1m1.with(["user": ["userId": "carl"], "member": ["userId": "carl"]])).ignored])
    }
    SpecCase(
      "§3 actor and delta: do not reach the update",
      [
        event(
          "dialog.update",
          ["dialog": d1, "actor": ["userId": "carl"], "delta": ["name": ["from": "a", "to": "b"]]],
          ["actorId": "carl", "actorType": "user"])
      ], [get("DialogUpdate", everyone, lacks: ["data/actor", "data/delta", "actorId", "actorType"])])
  }

  @SpecCases static var recipients: [SpecCase] {
    SpecCase(
      "§3 recipients: an added or removed user who is an active member gets one update",
      [
        event("dialog.member.add", ["dialog": d1, "member": ["userId": "carl"]]),
        event("dialog.member.remove", ["dialog": d1, "member": ["userId": "carl"]], n: 2),
      ],
      [
        get("DialogUpdate"), statistics("carl"), get("DialogUpdate", of: id(2)),
        statistics("carl", of: id(2)),
      ])
    SpecCase(
      "§3 recipients: an added or removed user gets the update even if inactive",
      [
        event("dialog.member.add", ["dialog": d1, "member": ["userId": "dave"]]),
        event("dialog.member.remove", ["dialog": d1, "member": ["userId": "dave"]], n: 2),
      ],
      [
        get("DialogUpdate", everyone + ["dave"]), statistics("dave"),
        get("DialogUpdate", everyone + ["dave"], of: id(2)), statistics("dave", of: id(2)),
      ])
    SpecCase(
      "§3 recipients: dialog.member.update goes to the member only, active or not",
      [
        event("dialog.member.update", ["dialog": d1, "member": ["userId": "carl"]]),
        event("dialog.member.update", ["dialog": d1, "member": ["userId": "dave"]], n: 2),
      ], [get("DialogMemberUpdate", ["carl"]), get("DialogMemberUpdate", ["dave"], of: id(2))])
    SpecCase(
      "§3 recipients: include the sender of a message",
      [event("message.create", ["dialog": d1, "message": ["messageId": "m9", "senderId": "alice"]])],
      [get("MessageUpdate")])
    SpecCase(
      "§3 recipients: a sender who is not an active member gets no update",
      [
        event("message.create", ["dialog": d1, "message": ["messageId": "m9", "senderId": "eve"]]),
        event("message.update", ["dialog": d1, "message": ["messageId": "m9", "senderId": "dave"]], n: 2),
      ], [get("MessageUpdate"), get("MessageUpdate", of: id(2))])
    SpecCase(
      "§3 recipients: typing of a user who is not a member goes to all members",
      [event("dialog.typing", ["dialog": d1, "typing": ["userId": "eve"]])], [get("TypingUpdate")])
    SpecCase(
      "§3 recipients: it is not an error if there are none",
      [
        event("dialog.update", ["dialog": ["dialogId": "d9"]]),
        event("message.create", ["dialog": ["dialogId": "d9"], "message": ["messageId": "m9"]], n: 2),
        upsert("dialogmembers", member("alice", of: "d9")),
        event("dialog.typing", ["dialog": ["dialogId": "d9"], "typing": ["userId": "alice"]], n: 3),
      ])
    SpecCase(
      "§3 recipients: users of the dialog of the section, not of the context",
      [
        upsert("dialogmembers", member("eve", of: "d2")),
        event("dialog.update", ["dialog": d1, "context": ["dialogId": "d2"]], ["entityId": "d2"]),
      ], [get("DialogUpdate", everyone, ["entityId": "d1", "data/context/dialogId": "d2"])])
    SpecCase(
      "§3 recipients: a user event needs no users record and no dialog",
      [event("user.remove", ["user": ["userId": "nobody"]])], [get("UserUpdate", ["nobody"])])
    SpecCase(
      "§3 member events: data.member without userId is bad",
      ["dialog.member.add", "dialog.member.remove", "dialog.member.update"].flatMap { type in
        [
          event(type, ["dialog": d1, "member": ["state": ["unreadCount": 1]]]).bad("member"),
          event(type, ["dialog": d1, "member": ["userId": .null]]).bad("member"),
          event(type, ["dialog": d1], ["entityType": "dialogMember", "entityId": "d1", "actorId": "carl"])
            .bad("member"),
          event(type, ["dialog": d1, "member": "carl"]).bad("member"),
        ]
      })
    SpecCase(
      "§3 ¹ own membership: each recipient sees their own, whoever data.member is about",
      [event("dialog.update", ["dialog": d1, "member": ["userId": "eve", "state": ["unreadCount": 99]]])],
      [
        get("DialogUpdate", ["alice"], ["data/member/userId": "alice", "data/member/state/unreadCount": 3]),
        get("DialogUpdate", ["bot_1"], ["data/member/userId": "bot_1", "data/member/state/unreadCount": 0]),
        get("DialogUpdate", ["carl"], ["data/member/userId": "carl", "data/member/state/unreadCount": 2]),
      ])
    SpecCase(
      "§3 ² the member the event is about: the same for every recipient",
      [event("dialog.member.add", ["dialog": d1, "member": ["userId": "dave", "x": 1]])],
      [
        get(
          "DialogUpdate", everyone + ["dave"],
          ["data/member/userId": "dave", "data/member/state/unreadCount": 4, "data/member/x": 1]),
        statistics("dave"),
      ])
  }
}
