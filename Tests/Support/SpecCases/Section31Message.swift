import SpecModel

extension SpecCase {
  @SpecCases static var messageSection: [SpecCase] {
    SpecCase(
      "§3.1 message: a message in the event is not mixed with stored fields",
      [event("message.update", ["dialog": d1, "message": m1.with(["content": "new"])])],
      [
        get(
          "MessageUpdate", everyone,
          [
            "data/message": [
              "messageId": "m1", "dialogId": "d1", "senderId": "carl", "content": "new",
              "meta": ["tag": "x", "updated": true], "statuses": [],
              "senderInfo": ["userId": "carl", "name": "Carl", "createdAt": 1000, "meta": ["lang": "en"]],
            ]
          ])
      ])
    for (name, data, top) in [
      ("context.messageId", ["context": ["messageId": "m1"]], [:]),
      ("entityId of entityType message", [:], ["entityType": "message", "entityId": "m1"]),
      ("entityId of entityType messageStatus", [:], ["entityType": "messageStatus", "entityId": "m1"]),
      ("entityId of entityType messageReaction", [:], ["entityType": "messageReaction", "entityId": "m1"]),
      (
        "context.messageId before entityId", ["context": ["messageId": "m1"]],
        ["entityType": "message", "entityId": "m9"]
      ),
      ("context.messageId, with an empty section", ["message": [:], "context": ["messageId": "m1"]], [:]),
    ] as [(String, JSON, JSON)] {
      SpecCase(
        "§3.1 message: loaded by \(name), without _id, __v, tenantId", [event("message.create", data, top)],
        [
          get(
            "MessageUpdate", everyone,
            [
              "entityId": "m1",
              "data/message": [
                "messageId": "m1", "dialogId": "d1", "senderId": "carl", "type": "text", "content": "hi",
                "createdAt": 900, "meta": ["tag": "x"], "statuses": [],
                "senderInfo": ["userId": "carl", "name": "Carl", "createdAt": 1000, "meta": ["lang": "en"]],
              ],
            ])
        ])
    }
    SpecCase(
      "§3.1 message: fields of the event win over those of a loaded message",
      [
        event(
          "message.update",
          [
            "context": ["messageId": "m1"],
            "message": ["content": "new", "quotedMessage": ["messageId": "m0"]],
          ])
      ],
      [
        get(
          "MessageUpdate", everyone,
          [
            "data/message/content": "new", "data/message/type": "text", "data/message/senderId": "carl",
            "data/message/quotedMessage": ["messageId": "m0"],
          ])
      ])
    SpecCase(
      "§3.1 message: an event whose message is not found is bad",
      [
        event("message.create", ["dialog": d1, "context": ["messageId": "m9"]]).bad("m9"),
        event("message.update", ["dialog": d1], ["entityType": "message", "entityId": "m9"]).bad("m9"),
        event("message.status.update", ["dialog": d1, "context": ["messageId": "m9"]]).bad("m9"),
        event("message.reaction.update", ["dialog": d1], ["entityType": "dialog", "entityId": "m1"]).bad(
          "message"),
        event("message.update", ["dialog": d1, "message": ["content": "x"]], ["entityId": "m1"]).bad(
          "message"),
      ])
    SpecCase(
      "§3.1 message: a section that is not an object counts as absent",
      [event("message.update", ["message": "m1", "context": ["messageId": "m1"]])],
      [get("MessageUpdate", everyone, ["data/message/content": "hi", "data/message/messageId": "m1"])])
    SpecCase(
      "§3.1 message: a null of the event wins over a loaded field, unless it is an id",
      [
        event(
          "message.update",
          ["context": ["messageId": "m1"], "message": ["content": .null, "senderId": .null]])
      ],
      [
        get(
          "MessageUpdate", everyone,
          [
            "data/message/content": .null, "data/message/senderId": "carl",
            "data/message/senderInfo/name": "Carl",
          ])
      ])
    SpecCase(
      "§3.1 message: a message that the event carries need not be stored",
      [event("message.update", ["dialog": d1, "message": ["messageId": "m9", "content": "x"]])],
      [
        get(
          "MessageUpdate", everyone,
          [
            "entityId": "m9",
            "data/message": [
              "messageId": "m9", "dialogId": "d1", "content": "x", "meta": ["updated": true], "statuses": [],
              "senderInfo": .null,
            ],
          ])
      ])
    for type in ["message.create", "message.update", "message.status.update", "message.reaction.update"] {
      SpecCase(
        "§3.1 message: dialogId is set to the dialog's in \(type)",
        [
          event(type, ["dialog": d1, "message": ["messageId": "m9", "senderId": "carl"]]),
          event(
            type, ["dialog": d1, "message": ["messageId": "m9", "senderId": "carl", "dialogId": .null]], n: 2),
        ],
        [
          get("MessageUpdate", everyone, ["data/message/dialogId": "d1"]),
          get("MessageUpdate", everyone, ["data/message/dialogId": "d1"], of: id(2)),
        ])
      SpecCase(
        "§3.1 message: a dialogId, given or loaded, that names another dialog is bad in \(type)",
        [
          upsert("messages", message("m2", ["senderId": "carl"], of: "d2")),
          event(type, ["dialog": d1, "message": ["messageId": "m1", "dialogId": "d2"]]).bad("d2"),
          event(type, ["dialog": d1, "context": ["messageId": "m2"]], n: 2).bad("d2"),
          event(type, ["dialog": d1], n: 3, ["entityType": "message", "entityId": "m2"]).bad("d2"),
          event(type, ["dialog": d1, "context": ["messageId": "m2"], "message": ["dialogId": "d1"]], n: 4)
            .bad("d2"),
        ])
    }
  }

  @SpecCases static var messageCompletions: [SpecCase] {
    SpecCase(
      "§3.1 message: meta, statuses and senderInfo of the event win as a whole",
      [
        event(
          "message.create",
          [
            "dialog": d1,
            "message": m1.with(["meta": ["a": 1], "statuses": [["x": 1]], "senderInfo": ["y": 2]]),
          ])
      ],
      [
        get(
          "MessageUpdate", everyone,
          [
            "data/message/meta": ["a": 1], "data/message/statuses": [["x": 1]],
            "data/message/senderInfo": ["y": 2],
          ])
      ])
    SpecCase(
      "§3.1 message: a null meta, statuses or senderInfo of the event counts as absent",
      [
        event(
          "message.create",
          ["dialog": d1, "message": m1.with(["meta": .null, "statuses": .null, "senderInfo": .null])])
      ],
      [
        get(
          "MessageUpdate", everyone,
          [
            "data/message/meta": ["tag": "x"], "data/message/statuses": [],
            "data/message/senderInfo/name": "Carl",
          ])
      ])
    SpecCase(
      "§3.1 message: meta.updated is true in message.update, whatever it was, and only there",
      [
        event("message.update", ["dialog": d1, "message": m1.with(["meta": ["updated": false, "a": 1]])]),
        event("message.create", ["dialog": d1, "message": m1.with(["meta": ["a": 1]])], n: 2),
      ],
      [
        get("MessageUpdate", everyone, ["data/message/meta": ["updated": true, "a": 1]]),
        get("MessageUpdate", everyone, ["data/message/meta": ["a": 1]], of: id(2)),
      ])
    SpecCase(
      "§3.1 message: meta.updated is true in message.update, even if meta is not an object",
      [event("message.update", ["dialog": d1, "message": m1.with(["meta": "text"])])],
      [get("MessageUpdate", everyone, ["data/message/meta/updated": true])])
    SpecCase(
      "§3.1 message: statuses, newest first, then by userId, with the times that are stored and not null",
      [
        upsert(
          "messagestatuses", status("m1", "bob", ["status": "sent", "createdAt": 5]),
          status(
            "m1", "eve",
            ["status": "read", "createdAt": 7.5, "readAt": 8, "deliveredAt": .null, "userType": "x"]),
          status("m1", "alice", ["status": "delivered", "createdAt": 5, "deliveredAt": 6, "readAt": .null]),
          status("m1", "bob", ["status": "read", "createdAt": 9]), status("m2", "bob", ["createdAt": 99])),
        event("message.update", d1m1),
      ],
      [
        get(
          "MessageUpdate", everyone,
          [
            "data/message/statuses": [
              ["userId": "bob", "status": "read", "createdAt": 9],
              ["userId": "eve", "status": "read", "createdAt": 7.5, "readAt": 8],
              ["userId": "alice", "status": "delivered", "createdAt": 5, "deliveredAt": 6],
              ["userId": "bob", "status": "sent", "createdAt": 5],
            ]
          ])
      ])
    SpecCase(
      "§3.1 message: statuses are the newest 100",
      (1...103).map {
        upsert("messagestatuses", status("m1", "u\($0)", ["status": "read", "createdAt": .integer($0)]))
      }
        + [event("message.create", d1m1)],
      [
        get(
          "MessageUpdate", everyone,
          [
            "data/message/statuses/0": ["userId": "u103", "status": "read", "createdAt": 103],
            "data/message/statuses/99": ["userId": "u4", "status": "read", "createdAt": 4],
          ], lacks: ["data/message/statuses/100"])
      ])
    SpecCase(
      "§3.1 message: senderInfo of a sender without record or without metas",
      [
        upsert("metas", meta("user", "eve", "a", 1)),
        event("message.create", ["dialog": d1, "message": ["messageId": "m9", "senderId": "eve"]]),
        event("message.create", ["dialog": d1, "message": ["messageId": "m9", "senderId": "bot_1"]], n: 2),
        event("message.create", ["dialog": d1, "message": ["messageId": "m9", "senderId": "nobody"]], n: 3),
        event("message.create", ["dialog": d1, "message": ["messageId": "m9"]], n: 4),
      ],
      [
        get(
          "MessageUpdate", everyone,
          ["data/message/senderInfo": ["userId": "eve", "name": .null, "createdAt": .null, "meta": ["a": 1]]]),
        get(
          "MessageUpdate", everyone,
          ["data/message/senderInfo": ["userId": "bot_1", "name": "Robot", "createdAt": .null, "meta": [:]]],
          of: id(2)),
        get("MessageUpdate", everyone, ["data/message/senderInfo": .null], of: id(3)),
        get("MessageUpdate", everyone, ["data/message/senderInfo": .null], of: id(4)),
      ])
    SpecCase(
      "§3.1 message: senderInfo is about the sender in the section, not in the stored message",
      [event("message.update", ["dialog": d1, "message": ["messageId": "m1", "senderId": "bot_1"]])],
      [get("MessageUpdate", everyone, ["data/message/senderInfo/userId": "bot_1"])])
    SpecCase(
      "§3.1 message: the complete data of a message.create",
      [
        event(
          "message.create",
          ["dialog": d1, "message": ["messageId": "m9", "senderId": "nobody", "content": "x"]])
      ],
      [
        get("MessageUpdate", ["alice", "carl"]),
        get(
          "MessageUpdate", ["bot_1"],
          [
            "data": [
              "context": [
                "eventType": "message.create", "entityId": "m9", "dialogId": "d1", "messageId": "m9",
                "includedSections": ["dialog", "member", "message"],
              ],
              "dialog": ["dialogId": "d1", "meta": [:]],
              "member": [
                "userId": "bot_1", "meta": [:],
                "state": ["unreadCount": 0, "lastSeenAt": .null, "lastMessageAt": .null, "isActive": true],
              ],
              "message": [
                "messageId": "m9", "dialogId": "d1", "senderId": "nobody", "content": "x", "meta": [:],
                "statuses": [],
                "senderInfo": .null,
              ],
            ]
          ]),
      ])
  }
}
