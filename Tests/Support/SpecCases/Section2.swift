import SpecModel

extension SpecCase {
  @SpecCases static var lookups: [SpecCase] {
    SpecCase(
      "§2 users: an id is looked up as it is, or else trimmed and in lower case",
      [
        upsert(
          "users", user("eve", ["type": "agent"]), user("É1", ["type": "no"]), user("é1", ["type": "yes"])),
        upsert(
          "dialogmembers", member("EVE", of: "d2"), member(" Eve\t", of: "d2"),
          member("\u{FEFF}eve\u{A0}", of: "d2"),
          member("É1 ", of: "d2")),
        event("dialog.update", ["dialog": ["dialogId": "d2"]]),
      ],
      [
        get(
          "DialogUpdate", ["EVE"], ["routingKey": "update.dialog.agent.EVE.dialogupdate", "userId": "EVE"]),
        get("DialogUpdate", [" Eve\t"], ["routingKey": "update.dialog.agent. Eve\t.dialogupdate"]),
        get(
          "DialogUpdate", ["\u{FEFF}eve\u{A0}"],
          ["routingKey": "update.dialog.agent.\u{FEFF}eve\u{A0}.dialogupdate"]),
        get("DialogUpdate", ["É1 "], ["routingKey": "update.dialog.yes.É1 .dialogupdate"]),
      ])
    SpecCase(
      "§2 users: the record with the exact id is preferred",
      [
        upsert("users", user("Eve", ["type": "exact"]), user("eve", ["type": "lower"])),
        upsert("dialogmembers", member("Eve", of: "d2"), member("EVE", of: "d2")),
        event("dialog.update", ["dialog": ["dialogId": "d2"]]),
      ],
      [
        get("DialogUpdate", ["Eve"], ["routingKey": "update.dialog.exact.Eve.dialogupdate"]),
        get("DialogUpdate", ["EVE"], ["routingKey": "update.dialog.lower.EVE.dialogupdate"]),
      ])
    SpecCase(
      "§2 users: a record that is not in lower case is not found by a lower-case id",
      [
        upsert("users", user("Eve", ["type": "agent"])),
        event("user.update", ["user": ["userId": "eve"]]),
      ], [get("UserUpdate", ["eve"], ["routingKey": "update.user.user.eve.userupdate"])])
    SpecCase(
      "§2 users: an id of nothing but white space has no other form",
      [
        upsert("dialogmembers", member(" \t ", ["unreadCount": 6], of: "d2")),
        event("dialog.update", ["dialog": ["dialogId": "d2"]]),
      ],
      [
        get(
          "DialogUpdate", [" \t "],
          ["routingKey": "update.dialog.user. \t .dialogupdate", "data/member/state/unreadCount": 6])
      ])
    SpecCase(
      "§2 users: memberships are looked up by the exact id, even if users has the lower-case form",
      [
        upsert("users", user("eve", ["type": "agent"])), upsert("dialogmembers", member("eve", of: "a")),
        upsert("dialogmembers", member("Eve", ["unreadCount": 1], of: "b"), member("Eve", of: "c")),
        event("dialog.member.add", ["dialog": d1, "member": ["userId": "Eve"]]),
      ],
      [
        get("DialogUpdate", everyone + ["Eve"]),
        statistics(
          "Eve",
          [
            "data/user": [
              "userId": "Eve", "type": "agent", "meta": [:],
              "stats": ["dialogCount": 2, "unreadDialogsCount": 1],
            ], "routingKey": "update.user.agent.Eve.userstatsupdate",
          ]),
      ])
    SpecCase(
      "§2 users: the sender is looked up in the same way, but the sender's metas are not",
      [
        upsert("metas", meta("user", "CARL", "own", 1)),
        event("message.create", ["dialog": d1, "message": ["messageId": "m9", "senderId": " CARL"]]),
        event("message.create", ["dialog": d1, "message": ["messageId": "m9", "senderId": "CARL"]], n: 2),
      ],
      [
        get(
          "MessageUpdate", everyone,
          ["data/message/senderInfo": ["userId": " CARL", "name": "Carl", "createdAt": 1000, "meta": [:]]]),
        get(
          "MessageUpdate", everyone,
          [
            "data/message/senderInfo": [
              "userId": "CARL", "name": "Carl", "createdAt": 1000, "meta": ["own": 1],
            ]
          ],
          of: id(2)),
      ])
    SpecCase(
      "§2 other look-ups are exact: members, dialogs, messages, metas",
      [
        event("dialog.update", [:], ["entityType": "dialog", "entityId": "D1"]).bad("D1"),
        event("message.update", ["dialog": d1], ["entityType": "message", "entityId": " m1"]).bad("m1"),
        event("dialog.member.update", ["dialog": d1, "member": ["userId": "CARL"]], n: 3),
      ],
      [
        get(
          "DialogMemberUpdate", ["CARL"],
          [
            "data/member/state/unreadCount": .null, "data/member/meta": [:],
            "routingKey": "update.dialog.user.CARL.dialogmemberupdate",
          ], of: id(3))
      ])
    SpecCase(
      "§2 tenants: two may use the same ids and are kept apart",
      [
        upsert("users", user("carl", ["type": "other", "name": "Not Carl"], tenant: "u")),
        upsert("dialogs", dialog("d1", ["name": "Other"], tenant: "u")),
        upsert("dialogmembers", member("carl", ["unreadCount": 77], tenant: "u"), member("eve", tenant: "u")),
        upsert("messages", message("m1", ["senderId": "eve", "content": "other"], tenant: "u")),
        upsert("messagestatuses", status("m1", "eve", ["status": "read", "createdAt": 5], tenant: "u")),
        upsert(
          "metas", meta("user", "carl", "lang", "fr", tenant: "u"),
          meta("message", "m1", "tag", "y", tenant: "u"),
          meta("dialogMember", "d1:carl", "pinned", 2, tenant: "u")),
        event("message.update", [:], ["entityType": "message", "entityId": "m1", "tenantId": "u"]),
        event("message.update", [:], n: 2, ["entityType": "message", "entityId": "m1"]),
      ],
      [
        get(
          "MessageUpdate", ["eve"], ["tenantId": "u", "data/message/meta/tag": "y", "data/member/meta": [:]]),
        get(
          "MessageUpdate", ["carl"],
          [
            "tenantId": "u", "data/dialog/name": "Other", "data/member/state/unreadCount": 77,
            "data/member/meta/pinned": 2, "data/message/content": "other", "data/message/senderInfo": .null,
            "routingKey": "update.dialog.other.carl.messageupdate",
          ]),
        get("MessageUpdate", ["alice", "bot_1"], ["tenantId": "t", "data/message/statuses": []], of: id(2)),
        get(
          "MessageUpdate", ["carl"],
          [
            "tenantId": "t", "data/dialog/name": "Team", "data/member/state/unreadCount": 2,
            "data/member/meta/pinned": true, "data/message/content": "hi", "data/message/statuses": [],
            "data/message/senderInfo/meta/lang": "en", "routingKey": "update.dialog.user.carl.messageupdate",
          ], of: id(2)),
      ])
    SpecCase(
      "§2 tenants: an unknown one has no members and no dialogs",
      [
        event("dialog.update", ["dialog": d1], ["tenantId": "T"]),
        event("dialog.update", ["context": d1], n: 2, ["tenantId": "T"]).bad("d1"),
      ])
  }

  @SpecCases static var activeMembers: [SpecCase] {
    SpecCase(
      "§2 active member: any whose isActive is not false, or absent",
      [
        upsert(
          "dialogmembers", member("absent", of: "d2"), member("true", ["isActive": true], of: "d2"),
          member("false", ["isActive": false], of: "d2"), member("null", ["isActive": .null], of: "d2"),
          member("zero", ["isActive": 0], of: "d2"), member("text", ["isActive": "false"], of: "d2"),
          member("object", ["isActive": [:]], of: "d2")),
        event("dialog.update", ["dialog": ["dialogId": "d2"]]),
      ],
      [
        get(
          "DialogUpdate", ["absent", "true", "null", "zero", "text", "object"],
          ["data/member/state/isActive": true])
      ])
    SpecCase(
      "§2 meta: {key: value} over the records of the entity, {} when it has none",
      [
        upsert("dialogs", dialog("d2")), upsert("dialogmembers", member("alice", of: "d2")),
        upsert(
          "metas", meta("dialog", "d2", "a.b", ["$x": 1]), meta("dialog", "d2", "", .null),
          meta("dialog", "d2", "n", 1.5), meta("user", "d2", "not", 1), meta("dialog", "d1", "not", 1)),
        event("dialog.update", ["context": ["dialogId": "d2"]]),
      ],
      [
        get(
          "DialogUpdate", ["alice"],
          ["data/dialog/meta": ["a.b": ["$x": 1], "": .null, "n": 1.5], "data/member/meta": [:]])
      ])
    SpecCase(
      "§2 meta: a membership's is stored under dialogId:userId",
      [
        upsert("metas", meta("dialogMember", "d1:alice", "a", 1), meta("dialogMember", "alice:d1", "b", 1)),
        event("dialog.update", ["dialog": d1]),
      ],
      [
        get("DialogUpdate", ["alice"], ["data/member/meta": ["a": 1]]),
        get("DialogUpdate", ["bot_1"], ["data/member/meta": [:]]),
        get("DialogUpdate", ["carl"], ["data/member/meta": ["pinned": true]]),
      ])
    let long = text(bytes: 255)
    SpecCase(
      "§2 meta: a membership's is found even for the longest ids",
      [
        upsert("dialogmembers", member(long, of: long)),
        upsert("metas", meta("dialogMember", "\(long):\(long)", "pinned", true)),
        event("dialog.update", ["dialog": ["dialogId": .string(long)]]),
      ], [get("DialogUpdate", [long], ["data/member/meta": ["pinned": true]])])
    SpecCase(
      "§2 dialogs: a dialog without members is not an error",
      [upsert("dialogs", dialog("d2")), event("dialog.update", ["context": ["dialogId": "d2"]])])
  }
}
