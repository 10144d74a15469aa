import SpecModel

private func named(_ name: String, n: Int = 1) -> Line {
  event("dialog.update", ["dialog": d1.with(["name": .string(name)])], n: n)
}

private let shown = event("dialog.update", ["context": d1])

/// Bad state lines, which do not change the state.
private func unchanged(_ name: String, _ lines: [Line]) -> SpecCase {
  SpecCase(
    "§9 state: \(name) is a bad line that changes nothing", lines + [shown],
    [
      get("DialogUpdate", ["alice", "bot_1"], ["data/dialog/name": "Team"]),
      get(
        "DialogUpdate", ["carl"], ["data/member/state/unreadCount": 2, "data/member/meta": ["pinned": true]]),
    ])
}

extension SpecCase {
  @SpecCases static var badEvents: [SpecCase] {
    SpecCase(
      "§8 a bad event does not stop the others",
      [
        named("one"), Line("not JSON").bad(), named("two", n: 2),
        event("dialog.update", ["dialog": ["dialogId": ["$ne": .null]]], n: 3).bad("dialogId"),
        named("three", n: 4),
        event("message.create", ["dialog": d1, "context": ["messageId": "m9"]], n: 5).bad("m9"),
        event("tenant.update", n: 6).ignored, Line([0xFF, 0xFE]).bad("UTF-8"), named("four", n: 7),
        Line("{").bad(),
      ],
      [
        get("DialogUpdate", everyone, ["data/dialog/name": "one"]),
        get("DialogUpdate", everyone, ["data/dialog/name": "two"], of: id(2)),
        get("DialogUpdate", everyone, ["data/dialog/name": "three"], of: id(4)),
        get("DialogUpdate", everyone, ["data/dialog/name": "four"], of: id(7)),
      ])
    SpecCase(
      "§8 a bad event makes no updates at all, not even derived ones",
      [
        event("dialog.member.add", ["context": ["dialogId": "d9"], "member": ["userId": "carl"]]).bad("d9"),
        upsert("dialogmembers", member("carl", ["unreadCount": 1]), member("alice", ["unreadCount": 1])),
        event("message.create", ["dialog": d1, "message": ["messageId": "m1", "dialogId": "d2"]], n: 2).bad(
          "d2"),
      ])
    SpecCase(
      "§8 an event that MongoDB cannot store is bad: a key with NUL",
      [
        event("dialog.update", ["dialog": ["dialogId": "d1", "a\0b": 1]]).bad("NUL"),
        event("dialog.update", ["dialog": d1, "context": ["": ["\0": 1]]]).bad("NUL"),
      ])
    SpecCase(
      "§8 a bad event is handled if it comes again, corrected, under the same identity",
      [
        event("dialog.update", ["context": ["dialogId": "d9"]]).bad("d9"), upsert("dialogs", dialog("d9")),
        upsert("dialogmembers", member("eve", of: "d9")),
        event("dialog.update", ["context": ["dialogId": "d9"]]),
      ], [get("DialogUpdate", ["eve"])])
  }

  @SpecCases static var timelines: [SpecCase] {
    SpecCase(
      "§9 lines: empty ones and those that start with # are skipped",
      ["", "# a comment", "#", #"#{"_id":5}"#, "\r", named("one"), "", "", "#\u{0}", named("two", n: 2), ""],
      [get("DialogUpdate"), get("DialogUpdate", of: id(2))])
    SpecCase(
      "§9 lines: those of nothing but white space count as empty", ["   ", "\t \r", named("one")],
      [get("DialogUpdate")])
    SpecCase(
      "§9 lines: a comment need not be UTF-8", [Line([0x23, 0xFF, 0xFE]), named("one")], [get("DialogUpdate")]
    )
    SpecCase(
      "§9 lines: may end in CR LF",
      [Line(named("one").bytes + [0x0D]), Line(named("two", n: 2).bytes + [0x0D])],
      [get("DialogUpdate"), get("DialogUpdate", of: id(2))])
    SpecCase(
      "§9 lines: # starts a comment only at the start of a line",
      [Line(" # no comment").bad(), Line("{} # no comment").bad()])
    SpecCase(
      "§9 state: is applied before the events that follow it, and after those before it",
      [
        shown, upsert("dialogs", dialog("d1", ["name": "Second"])),
        event("dialog.update", ["context": d1], n: 2), delete("dialogs", dialog("d1")),
        event("dialog.update", ["context": d1], n: 3).bad("d1"),
        upsert("dialogs", dialog("d1", ["name": "Third"])),
        event("dialog.update", ["context": d1], n: 4),
      ],
      [
        get("DialogUpdate", everyone, ["data/dialog/name": "Team"]),
        get("DialogUpdate", everyone, ["data/dialog/name": "Second"], of: id(2)),
        get("DialogUpdate", everyone, ["data/dialog/name": "Third"], of: id(4)),
      ])
    SpecCase(
      "§9 upsert: replaces the whole record with the same key",
      [
        upsert("dialogs", dialog("d1", ["x": 1])),
        upsert("dialogmembers", member("carl", ["lastMessageAt": 7])),
        upsert("metas", meta("dialogMember", "d1:carl", "pinned", ["a": 1])), upsert("users", user("bot_1")),
        upsert("messages", message("m1", ["content": "new"])),
        event("message.update", [:], ["entityType": "message", "entityId": "m1"]),
      ],
      [
        get("MessageUpdate", ["alice"]),
        get("MessageUpdate", ["bot_1"], ["routingKey": "update.dialog.user.bot_1.messageupdate"]),
        get(
          "MessageUpdate", ["carl"],
          [
            "data/dialog": ["tenantId": "t", "dialogId": "d1", "x": 1, "meta": ["color": "red"]],
            "data/member": [
              "userId": "carl", "meta": ["pinned": ["a": 1]],
              "state": ["unreadCount": .null, "lastSeenAt": .null, "lastMessageAt": 7, "isActive": true],
            ],
            "data/message": [
              "messageId": "m1", "dialogId": "d1", "content": "new", "meta": ["tag": "x", "updated": true],
              "statuses": [], "senderInfo": .null,
            ],
          ]),
      ])
    SpecCase(
      "§9 upsert: messagestatuses are appended, even equal ones",
      Array(
        repeating: upsert("messagestatuses", status("m1", "alice", ["status": "read", "userType": "user"])),
        count: 3)
        + [event("message.status.update", d1m1)],
      [
        get(
          "MessageUpdate", everyone,
          ["data/message/statusMessageMatrix": [["userType": "user", "status": "read", "count": 3]]])
      ])
    SpecCase(
      "§9 state: one line may hold several collections and records, or none",
      [
        Line([
          "upsert": [
            "dialogs": [dialog("d2"), dialog("d2", ["name": "last"])], "users": [],
            "dialogmembers": [member("eve", of: "d2"), member("fay", of: "d2")],
          ]
        ]), #"{"upsert":{}}"#, #"{"delete":{"users":[]}}"#, #" { "upsert" : { } } "#,
        event("dialog.update", ["context": ["dialogId": "d2"]]),
      ], [get("DialogUpdate", ["eve", "fay"], ["data/dialog/name": "last"])])
    SpecCase(
      "§9 delete: names the key, in every collection",
      [
        upsert(
          "messagestatuses", status("m1", "alice", ["status": "read"]),
          status("m1", "eve", ["status": "sent"])),
        delete("dialogmembers", member("alice")), delete("users", user("bot_1"), user("carl")),
        delete("metas", meta("message", "m1", "tag", 0), meta("user", "carl", "lang", "any")),
        delete("messagestatuses", status("m1", "alice")), event("message.update", d1m1),
        delete("messages", message("m1")), delete("dialogs", dialog("d1")),
        event("message.update", ["dialog": d1, "context": ["messageId": "m1"]], n: 2).bad("m1"),
        event("dialog.update", ["context": d1], n: 3).bad("d1"),
      ],
      [
        get(
          "MessageUpdate", ["carl"],
          ["data/message/meta": ["updated": true], "data/message/senderInfo": .null]),
        get(
          "MessageUpdate", ["bot_1"],
          [
            "routingKey": "update.dialog.user.bot_1.messageupdate",
            "data/message/statuses": [["userId": "eve", "status": "sent", "createdAt": .null]],
          ]),
      ])
    SpecCase(
      "§9 delete: a record that does not exist is not an error",
      [delete("users", user("nobody")), delete("dialogmembers", member("carl", tenant: "u")), named("one")],
      [get("DialogUpdate")])
    SpecCase(
      "§9 state: the last of equal keys counts",
      [
        Line(#"{"upsert":{"dialogs":[5]},"upsert":{}}"#), Line(#"{"upsert":{"dialogs":[5],"dialogs":[]}}"#),
        Line(#"{"delete":{"dialogs":[{"tenantId":"t","dialogId":"d1","dialogId":"d2"}]}}"#), shown,
      ], [get("DialogUpdate", everyone, ["data/dialog/name": "Team"])])
    SpecCase(
      "§9 state: records are plain JSON",
      [
        upsert("dialogs", dialog("d2", ["a": ["$date": 5], "$b.c": ["$oid": "x"], "": [.null]])),
        upsert("dialogmembers", member("eve", ["lastSeenAt": ["$date": "x"]], of: "d2")),
        upsert("events", ["_id": "0123456789abcdef01234567"], ["_id": ["$oid": "0123456789ABCDEF01234567"]]),
        event("dialog.update", ["context": ["dialogId": "d2"]]),
      ],
      [
        get(
          "DialogUpdate", ["eve"],
          [
            "data/dialog/a": ["$date": 5], "data/dialog/$b.c": ["$oid": "x"], "data/dialog/": [.null],
            "data/member/state/lastSeenAt": ["$date": "x"],
          ])
      ])
  }

  @SpecCases static var stateLines: [SpecCase] {
    let carl = member("carl", ["unreadCount": 77])
    unchanged(
      "anything beside one upsert or delete",
      [
        Line(["upsert": ["dialogmembers": [carl]], "delete": [:]]).bad(),
        Line(["upsert": ["dialogmembers": [carl]], "more": 1]).bad(),
        Line(["upsert": ["dialogmembers": [carl]], "_id": .string(id(1)), "tenantId": "t", "eventType": "x"])
          .bad(),
        Line(["delete": ["dialogmembers": [carl]], "": .null]).bad(),
      ])
    unchanged(
      "an upsert or delete that is no object of collections",
      ([[], .null, "users", 5, [["dialogmembers": [carl]]]] as [JSON]).flatMap {
        [Line(["upsert": $0]).bad(), Line(["delete": $0]).bad()]
      })
    unchanged(
      "a collection that is no state",
      ["updates", "Users", "", "user", "$where", "system.users"].map { name in
        Line(["upsert": .object(["dialogmembers": [carl], ExactString(name): []])]).bad()
      })
    unchanged(
      "a collection that is no array of objects",
      ([.null, carl, "carl", [carl, 5], [carl, .null], [carl, [carl]]] as [JSON]).flatMap {
        [Line(["upsert": ["dialogmembers": $0]]).bad(), Line(["delete": ["dialogmembers": $0]]).bad()]
      })
    for (collection, key) in [
      ("users", ["tenantId", "userId"]), ("dialogs", ["tenantId", "dialogId"]),
      ("dialogmembers", ["tenantId", "dialogId", "userId"]), ("messages", ["tenantId", "messageId"]),
      ("messagestatuses", ["tenantId", "messageId", "userId"]),
      ("metas", ["tenantId", "entityType", "entityId", "key"]),
    ] as [(ExactString, [ExactString])] {
      let record: JSON = [
        "tenantId": "t", "userId": "carl", "dialogId": "d1", "messageId": "m1", "entityType": "dialogMember",
        "entityId": "d1:carl", "key": "pinned", "value": 77, "unreadCount": 77,
      ]
      unchanged(
        "a record of \(collection) without its key, or with one that is no id,",
        key.flatMap { field in
          [
            upsert(collection, record.without([field])).bad(field.text),
            upsert(collection, record.with(.object([field: .null]))).bad(field.text),
            upsert(collection, record.with(.object([field: 5]))).bad(field.text),
            upsert(collection, record.with(.object([field: ["$ne": .null]]))).bad(field.text),
            delete(collection, record.without([field])).bad(field.text),
          ]
        })
    }
    unchanged(
      "a metas record of an unknown entityType",
      ["Dialog", "", "dialogmember", "tenant"].map {
        upsert("metas", meta($0, "d1:carl", "pinned", 77)).bad("entityType")
      }
    )
    unchanged(
      "an events record without an identity",
      [upsert("events", ["tenantId": "t"]).bad("_id"), upsert("events", ["_id": "x"]).bad("_id")])
    unchanged(
      "one whose last record only lacks its key",
      [
        Line([
          "upsert": [
            "dialogmembers": [carl], "dialogs": [dialog("d1", ["name": "New"])],
            "users": [["userId": "carl"]],
          ]
        ]).bad("tenantId"),
        delete("dialogmembers", member("carl"), ["tenantId": "t", "userId": "carl"]).bad("dialogId"),
      ])
    unchanged(
      "a state line that is not JSON, or no state line by its case,",
      [
        Line(#"{"upsert":{"dialogmembers":[}}"#).bad(), Line(["Upsert": ["dialogmembers": [carl]]]).bad(),
        Line(["upsert": ["dialogmembers": [carl, "@"]]]).replacing(#""@""#, with: "1e999").bad(),
      ])
  }
}
