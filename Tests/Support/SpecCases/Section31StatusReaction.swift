import SpecModel

private let read: JSON = ["userId": "alice", "status": "read"]
private let liked: JSON = ["userId": "alice", "reaction": "👍"]
/// What a status or reaction event contains of a loaded `m1`.
private let loaded: JSON = ["messageId": "m1", "dialogId": "d1", "senderId": "carl", "type": "text"]

extension SpecCase {
  @SpecCases static var statusSection: [SpecCase] {
    SpecCase(
      "§3.1 status: the event's message section with statusUpdate and statusMessageMatrix, and nothing else",
      [event("message.status.update", ["dialog": d1, "message": m1.with(["x": 1, "statusUpdate": read])])],
      [
        get(
          "MessageUpdate", everyone,
          ["data/message": m1.with(["x": 1, "statusUpdate": read, "statusMessageMatrix": []])],
          lacks: ["data/member"])
      ])
    SpecCase(
      "§3.1 status: without a message, messageId, dialogId, senderId and type are loaded",
      [event("message.status.update", ["context": ["messageId": "m1"], "statusUpdate": read])],
      [
        get(
          "MessageUpdate", everyone,
          ["data/message": loaded.with(["statusUpdate": read, "statusMessageMatrix": []]), "entityId": "m1"])
      ])
    SpecCase(
      "§3.1 status: a section without messageId wins over the loaded message",
      [
        event(
          "message.status.update", ["message": ["type": "other", "statusUpdate": read]],
          ["entityType": "messageStatus", "entityId": "m1"])
      ],
      [
        get(
          "MessageUpdate", everyone,
          ["data/message": loaded.with(["type": "other", "statusUpdate": read, "statusMessageMatrix": []])])
      ])
    SpecCase(
      "§3.1 status: statusUpdate from the message, else from data, else from the flat fields",
      [
        event(
          "message.status.update",
          [
            "dialog": d1, "message": m1.with(["statusUpdate": ["n": 1]]), "statusUpdate": ["n": 2],
            "userId": "alice",
            "newStatus": "read",
          ]),
        event(
          "message.status.update",
          [
            "dialog": d1, "message": m1.with(["statusUpdate": .null]), "statusUpdate": ["n": 2],
            "userId": "alice",
            "newStatus": "read",
          ], n: 2),
        event(
          "message.status.update",
          d1m1.with(["statusUpdate": .null, "userId": "alice", "newStatus": "read"]), n: 3),
      ],
      [
        get("MessageUpdate", everyone, ["data/message/statusUpdate": ["n": 1]]),
        get("MessageUpdate", everyone, ["data/message/statusUpdate": ["n": 2]], of: id(2)),
        get(
          "MessageUpdate", everyone,
          ["data/message/statusUpdate": ["userId": "alice", "status": "read", "oldStatus": .null]], of: id(3)),
      ])
    SpecCase(
      "§3.1 status: absent flat fields are null",
      [event("message.status.update", d1m1.with(["userId": "alice"]))],
      [
        get(
          "MessageUpdate", everyone,
          ["data/message/statusUpdate": ["userId": "alice", "status": .null, "oldStatus": .null]])
      ])
    SpecCase(
      "§3.1 status: flat fields need data.userId; updates are made even without a statusUpdate",
      [
        event(
          "message.status.update", d1m1.with(["newStatus": "read", "oldStatus": "sent"]), ["actorId": "alice"]
        )
      ],
      [
        get(
          "MessageUpdate", everyone,
          ["data/context/includedSections": ["dialog", "message"], "data/message/statusMessageMatrix": []],
          lacks: ["data/message/statusUpdate"])
      ])
    SpecCase(
      "§3.1 status: the flat fields of a reaction make no reactionUpdate",
      [event("message.status.update", d1m1.with(["userId": "alice", "reaction": "👍"]))],
      [
        get(
          "MessageUpdate", everyone,
          ["data/message/statusUpdate": ["userId": "alice", "status": .null, "oldStatus": .null]],
          lacks: ["data/message/reactionUpdate"])
      ])
  }

  @SpecCases static var statusMatrix: [SpecCase] {
    let history = upsert(
      "messagestatuses", status("m1", "alice", ["userType": "user", "status": "sent", "createdAt": 1]),
      status("m1", "alice", ["userType": "user", "status": "read", "createdAt": 2]),
      status("m1", "bob", ["userType": "user", "status": "read", "createdAt": 3]),
      status("m1", "bob", ["userType": "user", "status": "read", "createdAt": 4]),
      status("m1", "bot_1", ["userType": "bot", "status": "read", "createdAt": 5]),
      status("m1", "eve", ["status": "sent", "createdAt": 6]),
      status("m1", "fay", ["userType": .null, "status": "read", "createdAt": 6]),
      status("m1", "carl", ["userType": "user", "status": "read", "createdAt": 7]),
      status("m2", "bob", ["userType": "user", "status": "read", "createdAt": 8]))
    SpecCase(
      "§3.1 matrix: counts every record but the sender's, ordered by userType (null first), then status",
      [history, event("message.status.update", d1m1)],
      [
        get(
          "MessageUpdate", everyone,
          [
            "data/message/statusMessageMatrix": [
              ["userType": .null, "status": "read", "count": 1],
              ["userType": .null, "status": "sent", "count": 1],
              ["userType": "bot", "status": "read", "count": 1],
              ["userType": "user", "status": "read", "count": 3],
              ["userType": "user", "status": "sent", "count": 1],
            ]
          ])
      ])
    SpecCase(
      "§3.1 matrix: the sender is the senderId of the section, or else of the stored message",
      [
        upsert(
          "messagestatuses", status("m1", "alice", ["userType": "a", "status": "read"]),
          status("m1", "carl", ["userType": "c", "status": "read"])),
        event("message.status.update", ["dialog": d1, "message": ["messageId": "m1", "senderId": "alice"]]),
        event("message.status.update", ["dialog": d1, "message": ["messageId": "m1"]], n: 2),
        event("message.status.update", ["context": ["messageId": "m1"]], n: 3),
        event(
          "message.status.update", ["dialog": d1, "message": ["messageId": "m1", "senderId": .null]], n: 4),
      ],
      [
        get(
          "MessageUpdate", everyone,
          ["data/message/statusMessageMatrix": [["userType": "c", "status": "read", "count": 1]]]),
        get(
          "MessageUpdate", everyone,
          ["data/message/statusMessageMatrix": [["userType": "a", "status": "read", "count": 1]]], of: id(2)),
        get(
          "MessageUpdate", everyone,
          ["data/message/statusMessageMatrix": [["userType": "a", "status": "read", "count": 1]]], of: id(3)),
        get(
          "MessageUpdate", everyone,
          ["data/message/statusMessageMatrix": [["userType": "a", "status": "read", "count": 1]]], of: id(4)),
      ])
    SpecCase(
      "§3.1 matrix: every record counts if the sender is unknown",
      [
        upsert("messagestatuses", status("m9", "carl", ["userType": "c", "status": "read"])),
        event("message.status.update", ["dialog": d1, "message": ["messageId": "m9"]]),
      ],
      [
        get(
          "MessageUpdate", everyone,
          ["data/message/statusMessageMatrix": [["userType": "c", "status": "read", "count": 1]]])
      ])
    SpecCase(
      "§3.1 matrix: the one in the event wins, from the message, or else from data",
      [
        history,
        event(
          "message.status.update",
          [
            "dialog": d1, "message": m1.with(["statusMessageMatrix": [["x": 1]]]),
            "statusMessageMatrix": [["x": 2]],
          ]),
        event("message.status.update", d1m1.with(["statusMessageMatrix": [["x": 2]]]), n: 2),
        event("message.status.update", d1m1.with(["statusMessageMatrix": []]), n: 3),
      ],
      [
        get("MessageUpdate", everyone, ["data/message/statusMessageMatrix": [["x": 1]]]),
        get("MessageUpdate", everyone, ["data/message/statusMessageMatrix": [["x": 2]]], of: id(2)),
        get("MessageUpdate", everyone, ["data/message/statusMessageMatrix": []], of: id(3)),
      ])
    SpecCase(
      "§3.1 matrix: a userType or status that is not a string counts as null",
      [
        upsert(
          "messagestatuses", status("m1", "a", ["userType": 5, "status": "read"]),
          status("m1", "b", ["userType": .null, "status": "read"]), status("m1", "c", ["status": ["x": 1]]),
          status("m1", "d")),
        event("message.status.update", d1m1),
      ],
      [
        get(
          "MessageUpdate", everyone,
          [
            "data/message/statusMessageMatrix": [
              ["userType": .null, "status": .null, "count": 2],
              ["userType": .null, "status": "read", "count": 2],
            ]
          ])
      ])
    SpecCase(
      "§3.1 matrix: more than 100 records all count",
      [
        Line([
          "upsert": [
            "messagestatuses": .array(
              (1...150).map { status("m1", "u\($0)", ["status": "read", "createdAt": .integer($0)]) })
          ]
        ]), event("message.status.update", d1m1),
      ],
      [
        get(
          "MessageUpdate", everyone,
          ["data/message/statusMessageMatrix": [["userType": .null, "status": "read", "count": 150]]])
      ])
  }

  @SpecCases static var reactionSection: [SpecCase] {
    SpecCase(
      "§3.1 reaction: the event's message section with reactionUpdate, and nothing else",
      [
        event(
          "message.reaction.update", ["dialog": d1, "message": m1.with(["x": 1, "reactionUpdate": liked])])
      ],
      [
        get(
          "MessageUpdate", everyone, ["data/message": m1.with(["x": 1, "reactionUpdate": liked])],
          lacks: ["data/member"])
      ])
    SpecCase(
      "§3.1 reaction: without a message, messageId, dialogId, senderId and type are loaded",
      [
        event(
          "message.reaction.update", ["reactionUpdate": liked],
          ["entityType": "messageReaction", "entityId": "m1"])
      ],
      [get("MessageUpdate", everyone, ["data/message": loaded.with(["reactionUpdate": liked])])])
    SpecCase(
      "§3.1 reaction: reactionUpdate from the message, else from data, else from the flat fields",
      [
        event(
          "message.reaction.update",
          [
            "dialog": d1, "message": m1.with(["reactionUpdate": ["n": 1]]), "reactionUpdate": ["n": 2],
            "userId": "alice", "reaction": "👍",
          ]),
        event("message.reaction.update", d1m1.with(["reactionUpdate": ["n": 2], "userId": "alice"]), n: 2),
        event("message.reaction.update", d1m1.with(["userId": "alice", "reaction": "👍"]), n: 3),
      ],
      [
        get("MessageUpdate", everyone, ["data/message/reactionUpdate": ["n": 1]]),
        get("MessageUpdate", everyone, ["data/message/reactionUpdate": ["n": 2]], of: id(2)),
        get(
          "MessageUpdate", everyone,
          ["data/message/reactionUpdate": ["userId": "alice", "reaction": "👍", "oldReaction": .null]],
          of: id(3)),
      ])
    SpecCase(
      "§3.1 reaction: an event with none of them makes its updates without that field",
      [event("message.reaction.update", d1m1.with(["reaction": "👍"]))],
      [
        get(
          "MessageUpdate", everyone, ["data/context/includedSections": ["dialog", "message"]],
          lacks: ["data/message/reactionUpdate", "data/message/statusUpdate"])
      ])
  }
}
