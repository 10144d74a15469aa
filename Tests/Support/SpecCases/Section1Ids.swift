import SpecModel

/// A place where the worker uses an id: the type of the event, and an event that is good except for that id.
private struct Place {
  let field: String
  /// The event with this value in that place.
  let event: @Sendable (JSON, Int) -> Line
}

private let places: [Place] = [
  Place(field: "tenantId") { event("user.update", ["user": ["userId": "carl"]], n: $1, ["tenantId": $0]) },
  Place(field: "context.dialogId") { event("dialog.update", ["context": ["dialogId": $0]], n: $1) },
  Place(field: "context.messageId") {
    event("message.update", ["dialog": d1, "context": ["messageId": $0]], n: $1)
  },
  Place(field: "dialog.dialogId") {
    event("dialog.update", ["dialog": ["dialogId": $0]], n: $1, ["entityType": "dialog", "entityId": "d1"])
  },
  Place(field: "member.userId") {
    event("dialog.member.update", ["dialog": d1, "member": ["userId": $0]], n: $1)
  },
  Place(field: "message.messageId") {
    event("message.update", ["dialog": d1, "message": m1.with(["messageId": $0])], n: $1)
  },
  Place(field: "message.dialogId") {
    event("message.update", ["dialog": d1, "message": m1.with(["dialogId": $0])], n: $1)
  },
  Place(field: "message.senderId") {
    event("message.update", ["dialog": d1, "message": m1.with(["senderId": $0])], n: $1)
  },
  Place(field: "typing.userId") {
    event("dialog.typing", ["dialog": d1, "typing": ["userId": $0]], n: $1, ["actorId": "carl"])
  },
  Place(field: "user.userId") { event("user.update", ["user": ["userId": $0]], n: $1, ["entityId": "carl"]) },
  Place(field: "data.userId") {
    event("message.status.update", d1m1.with(["userId": $0, "newStatus": "read"]), n: $1)
  },
  Place(field: "entityId") { event("user.update", ["user": [:]], n: $1, ["entityId": $0]) },
  Place(field: "actorId") { event("dialog.typing", ["dialog": d1], n: $1, ["actorId": $0]) },
]

private let notIds: [JSON] = [
  5, 1.5, true, false, ["$ne": .null], ["$gt": ""], [:], [], ["d1"], "", "\0", "d1\0", "d\0one",
  .string(text(bytes: 256)), .string(String(repeating: "é", count: 128)),
]

private let longest = String(repeating: "é", count: 127) + "x"

extension SpecCase {
  @SpecCases static var badIds: [SpecCase] {
    for place in places {
      let name = place.field.split(separator: ".").last.map(String.init) ?? ""
      SpecCase(
        "§1 ids: anything but a non-empty string without NUL of at most 255 bytes is bad in \(place.field)",
        notIds.enumerated().map { place.event($1, $0 + 1).bad(name) })
    }
    SpecCase(
      "§1 ids: are checked in every section of an event that makes updates, used or not",
      ([
        ["context": ["dialogId": 5]], ["context": ["messageId": ["$ne": .null]]], ["member": ["userId": ""]],
        ["message": ["messageId": 5]], ["message": ["dialogId": []]], ["message": ["senderId": "\0"]],
        ["typing": ["userId": 5]], ["user": ["userId": ["$gt": ""]]], ["userId": 5],
      ] as [JSON]).map { event("dialog.update", $0.with(["dialog": d1])).bad() })
    SpecCase(
      "§1 ids: entityId and actorId are checked only where a rule falls back to them",
      [
        event(
          "dialog.update", ["dialog": d1],
          ["entityType": "dialog", "entityId": ["$ne": .null], "actorId": .string(text(bytes: 256))]),
        event("user.update", ["user": ["userId": "carl"]], n: 2, ["entityId": 5, "actorId": ""]),
        event(
          "dialog.typing", ["dialog": d1, "typing": ["userId": "alice"]], n: 3,
          ["actorId": 5, "entityId": "\0"]),
        event(
          "message.update", ["dialog": d1, "context": ["messageId": "m1"]], n: 4,
          ["entityType": "message", "entityId": 5]),
        event("dialog.update", ["context": d1], n: 5, ["entityType": "other", "entityId": 5]),
      ],
      [
        get("DialogUpdate"), get("UserUpdate", ["carl"], of: id(2)),
        get("TypingUpdate", ["bot_1", "carl"], of: id(3)), get("MessageUpdate", of: id(4)),
        get("DialogUpdate", of: id(5)),
      ])
    SpecCase(
      "§1 ids: an entityId that a rule falls back to must be an id",
      [
        event("dialog.update", [:], ["entityType": "dialog", "entityId": ["$ne": .null]]).bad("entityId"),
        event("dialog.update", [:], ["entityType": "dialogMember", "entityId": 5]).bad("entityId"),
        event("message.update", ["dialog": d1], ["entityType": "messageStatus", "entityId": ""]).bad(
          "entityId"),
      ])
    SpecCase(
      "§1 ids: even an ignored event needs an identity",
      [event("tenant.update", without: ["_id"]).bad("_id"), event("x", [:], ["_id": 5]).bad("_id")])
    SpecCase(
      "§1 ids: an ignored event needs no ids, not even a tenantId",
      [
        event("message.delete", ["dialog": ["dialogId": 5], "userId": []], ["tenantId": 5]).ignored,
        event("tenant.update", [:], n: 2, ["tenantId": ["$ne": .null]]).ignored,
      ])
  }

  @SpecCases static var usableIds: [SpecCase] {
    let inLongest = upsert(
      "dialogmembers", member("carl", of: longest), member(longest), member("eve", of: "d1", tenant: longest))
    let storedDialog = dialog(longest)
    let inDialog: JSON = ["dialogId": .string(longest)]
    SpecCase(
      "§1 ids: 255 bytes are allowed in every place",
      [
        inLongest, upsert("dialogs", storedDialog),
        event("dialog.update", ["dialog": inDialog]),
        event("dialog.update", ["context": inDialog], n: 2),
        event(
          "message.update",
          ["dialog": d1, "message": ["messageId": .string(longest), "senderId": .string(longest)]],
          n: 3),
        event("dialog.update", ["dialog": d1], n: 4, ["tenantId": .string(longest)]),
        event("dialog.typing", ["dialog": d1, "typing": ["userId": .string(longest)]], n: 5),
        event("dialog.typing", ["dialog": d1], n: 6, ["actorId": .string(longest)]),
        event("dialog.update", [:], n: 7, ["entityType": "dialog", "entityId": .string(longest)]),
      ],
      [
        get("DialogUpdate", ["carl"], ["entityId": .string(longest)]),
        get("DialogUpdate", ["carl"], ["entityId": .string(longest)], of: id(2)),
        get("MessageUpdate", everyone + [longest], ["entityId": .string(longest)], of: id(3)),
        get("DialogUpdate", ["eve"], ["tenantId": .string(longest)], of: id(4)),
        get("TypingUpdate", of: id(5)), get("TypingUpdate", of: id(6)),
        get("DialogUpdate", ["carl"], ["entityId": .string(longest)], of: id(7)),
      ])
    SpecCase(
      "§1 ids: null means absent, for every id",
      [
        event(
          "message.update",
          [
            "context": ["dialogId": .null, "messageId": "m1"], "dialog": ["dialogId": .null],
            "message": ["messageId": .null, "dialogId": .null, "senderId": .null],
            "member": ["userId": .null],
            "typing": ["userId": .null], "user": ["userId": .null], "userId": .null,
          ])
      ],
      [
        get(
          "MessageUpdate", everyone,
          ["data/dialog/name": "Team", "data/message/senderId": "carl", "data/message/dialogId": "d1"])
      ])
    SpecCase(
      "§1 ids: compare byte by byte: é and e with a combining accent are two users",
      [
        upsert(
          "dialogmembers", member("\u{E9}", ["unreadCount": 7], of: "d2"),
          member("e\u{301}", ["unreadCount": 8], of: "d2")),
        upsert("users", user("\u{E9}", ["type": "bot"])),
        event("dialog.update", ["dialog": ["dialogId": "d2"], "member": ["userId": "e\u{301}", "x": 1]]),
        event("dialog.typing", ["dialog": ["dialogId": "d2"], "typing": ["userId": "\u{E9}"]], n: 2),
      ],
      [
        get(
          "DialogUpdate", ["\u{E9}"],
          ["data/member/state/unreadCount": 7, "routingKey": "update.dialog.bot.\u{E9}.dialogupdate"],
          lacks: ["data/member/x"]),
        get(
          "DialogUpdate", ["e\u{301}"],
          [
            "data/member/state/unreadCount": 8, "data/member/x": 1,
            "routingKey": "update.dialog.user.e\u{301}.dialogupdate",
          ]),
        get("TypingUpdate", ["e\u{301}"], of: id(2)),
      ])
    SpecCase(
      "§1 ids: dialogs compare byte by byte, and by case",
      [
        upsert(
          "dialogmembers", member("eve", of: "\u{E9}"), member("fay", of: "e\u{301}"), member("gus", of: "D1")
        ),
        event("dialog.update", ["dialog": ["dialogId": "\u{E9}"]]),
        event("dialog.update", ["dialog": ["dialogId": "e\u{301}"]], n: 2),
        event("dialog.update", ["dialog": ["dialogId": "D1"]], n: 3),
      ],
      [
        get("DialogUpdate", ["eve"]), get("DialogUpdate", ["fay"], of: id(2)),
        get("DialogUpdate", ["gus"], of: id(3)),
      ])
    SpecCase(
      "§1 ids: may hold any other text",
      [
        upsert("dialogmembers", member("a.b *#$\n\"😀", of: "$d.1")),
        event("dialog.update", ["dialog": ["dialogId": "$d.1"]]),
      ], [get("DialogUpdate", ["a.b *#$\n\"😀"], ["entityId": "$d.1"])])
  }
}
