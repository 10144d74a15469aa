import SpecModel

/// A typing event, and the section that the other members get.
private func types(_ name: String, _ data: JSON, _ top: JSON = [:], to others: [String], _ section: JSON)
  -> SpecCase
{
  SpecCase(
    name, [event("dialog.typing", (["dialog": d1] as JSON).with(data), top)],
    [get("TypingUpdate", others, ["data/typing": section])])
}

extension SpecCase {
  @SpecCases static var typingSection: [SpecCase] {
    types(
      "§3.1 typing: data.typing is used, and its other keys are kept",
      [
        "typing": [
          "userId": "alice", "expiresInMs": 100, "timestamp": 5, "userInfo": ["name": "Al"], "x": .null,
          "y": [1],
        ]
      ], to: ["bot_1", "carl"],
      [
        "userId": "alice", "expiresInMs": 100, "timestamp": 5, "userInfo": ["name": "Al"], "x": .null,
        "y": [1],
      ])
    types(
      "§3.1 typing: expiresInMs, timestamp and userInfo have defaults", ["typing": ["userId": "alice"]],
      to: ["bot_1", "carl"],
      ["userId": "alice", "expiresInMs": 5000, "timestamp": eventTime, "userInfo": .null])
    types(
      "§3.1 typing: null means absent",
      ["typing": ["userId": .null, "expiresInMs": .null, "timestamp": .null, "userInfo": .null]],
      ["actorId": "carl"],
      to: ["alice", "bot_1"],
      ["userId": "carl", "expiresInMs": 5000, "timestamp": eventTime, "userInfo": .null])
    types(
      "§3.1 typing: the flat fields are used if data.typing is absent",
      ["userId": "carl", "expiresInMs": 7, "timestamp": 8], to: ["alice", "bot_1"],
      ["userId": "carl", "expiresInMs": 7, "timestamp": 8, "userInfo": .null])
    types(
      "§3.1 typing: the flat fields are used if data.typing is an empty object",
      ["typing": [:], "userId": "carl"],
      to: ["alice", "bot_1"],
      ["userId": "carl", "expiresInMs": 5000, "timestamp": eventTime, "userInfo": .null])
    types(
      "§3.1 typing: the flat fields are used if data.typing is not an object",
      ["typing": "carl", "userId": "carl"],
      to: ["alice", "bot_1"],
      ["userId": "carl", "expiresInMs": 5000, "timestamp": eventTime, "userInfo": .null])
    types(
      "§3.1 typing: the flat fields are not mixed into data.typing",
      ["typing": ["userId": "alice"], "expiresInMs": 7, "timestamp": 8], to: ["bot_1", "carl"],
      ["userId": "alice", "expiresInMs": 5000, "timestamp": eventTime, "userInfo": .null])
    types(
      "§3.1 typing: userId falls back to actorId, in data.typing", ["typing": ["expiresInMs": 9]],
      ["actorId": "alice"], to: ["bot_1", "carl"],
      ["userId": "alice", "expiresInMs": 9, "timestamp": eventTime, "userInfo": .null])
    types(
      "§3.1 typing: userId falls back to actorId, with nothing else at all", [:], ["actorId": "alice"],
      to: ["bot_1", "carl"],
      ["userId": "alice", "expiresInMs": 5000, "timestamp": eventTime, "userInfo": .null])
    SpecCase(
      "§3.1 typing: an event that names nobody who types is bad",
      [
        event("dialog.typing", ["dialog": d1, "typing": ["expiresInMs": 5]]).bad("typing"),
        event("dialog.typing", ["dialog": d1, "typing": [:], "userId": .null], ["actorId": .null]).bad(
          "typing"),
      ])
  }

  @SpecCases static var userSection: [SpecCase] {
    SpecCase(
      "§3.1 user: the event's data.user is used as it is; only an empty meta is added",
      [
        event("user.update", ["user": ["userId": "carl", "x": .null, "name": "New", "meta": ["a": .null]]]),
        event("user.update", ["user": ["userId": "carl"]], n: 2),
      ],
      [
        get(
          "UserUpdate", ["carl"],
          [
            "data": [
              "context": ["eventType": "user.update", "entityId": "carl", "includedSections": ["user"]],
              "user": ["userId": "carl", "x": .null, "name": "New", "meta": ["a": .null]],
            ]
          ]),
        get("UserUpdate", ["carl"], ["data/user": ["userId": "carl", "meta": [:]]], of: id(2)),
      ])
    SpecCase(
      "§3.1 user: a meta that is not an object becomes {}",
      ([.null, [], "text", 5, true] as [JSON]).enumerated().map { index, meta in
        event("user.update", ["user": ["userId": "carl", "meta": meta]], n: index + 1)
      }, (1...5).map { get("UserUpdate", ["carl"], ["data/user/meta": [:]], of: id($0)) })
    SpecCase(
      "§3.1 user: without userId, the user id is entityId",
      [
        event("user.update", ["user": ["name": "x"]], ["entityType": "user", "entityId": "carl"]),
        event("user.update", ["user": ["userId": .null]], n: 2, ["entityId": "eve"]),
        event("user.update", ["user": ["userId": "carl"]], n: 3, ["entityId": "eve"]),
      ],
      [
        get(
          "UserUpdate", ["carl"],
          ["entityId": "carl", "data/user": ["userId": "carl", "name": "x", "meta": [:]]]),
        get("UserUpdate", ["eve"], ["entityId": "eve", "data/user/userId": "eve"], of: id(2)),
        get("UserUpdate", ["carl"], ["entityId": "carl"], of: id(3)),
      ])
    SpecCase(
      "§3.1 user: neither userId nor entityId is bad",
      [event("user.add", ["user": ["name": "x"]], ["actorId": "carl"]).bad("user")])
  }

  @SpecCases static var contextSection: [SpecCase] {
    SpecCase(
      "§3.1 context: made if the event has none",
      [
        event("dialog.update", ["dialog": d1]), event("message.update", d1m1, n: 2),
        event("user.update", ["user": ["userId": "carl"]], n: 3),
      ],
      [
        get(
          "DialogUpdate", everyone,
          [
            "data/context": [
              "eventType": "dialog.update", "entityId": "d1", "dialogId": "d1",
              "includedSections": ["dialog", "member"],
            ]
          ]),
        get(
          "MessageUpdate", everyone,
          [
            "data/context": [
              "eventType": "message.update", "entityId": "m1", "dialogId": "d1", "messageId": "m1",
              "includedSections": ["dialog", "member", "message"],
            ]
          ], of: id(2)),
        get(
          "UserUpdate", ["carl"],
          ["data/context": ["eventType": "user.update", "entityId": "carl", "includedSections": ["user"]]],
          of: id(3)),
      ])
    SpecCase(
      "§3.1 context: absent and null fields are completed, with the update's own entityId",
      [
        event(
          "message.update",
          d1m1.with([
            "context": [
              "eventType": .null, "entityId": .null, "dialogId": .null, "messageId": .null, "x": .null,
            ]
          ]), ["entityId": "other", "entityType": "tenant"])
      ],
      [
        get(
          "MessageUpdate", everyone,
          [
            "data/context": [
              "eventType": "message.update", "entityId": "m1", "dialogId": "d1", "messageId": "m1",
              "x": .null,
              "includedSections": ["dialog", "member", "message"],
            ]
          ])
      ])
    SpecCase(
      "§3.1 context: fields of the event stay, except includedSections",
      [
        event(
          "dialog.typing",
          [
            "dialog": d1, "typing": ["userId": "alice"],
            "context": [
              "eventType": "own", "entityId": "own", "dialogId": "own", "messageId": "own",
              "includedSections": ["user", "x"], "updatedFields": ["dialog.name", 5], "n": ["a": 1],
            ],
          ])
      ],
      [
        get(
          "TypingUpdate", ["bot_1", "carl"],
          [
            "entityId": "d1",
            "data/context": [
              "eventType": "own", "entityId": "own", "dialogId": "own", "messageId": "own",
              "includedSections": ["dialog", "member", "typing"], "updatedFields": ["dialog.name", 5],
              "n": ["a": 1],
            ],
          ])
      ])
    SpecCase(
      "§3.1 context: includedSections ends with statusUpdate or reactionUpdate if the message holds one",
      [
        event("message.status.update", d1m1.with(["statusUpdate": ["a": 1]])),
        event("message.reaction.update", d1m1.with(["reactionUpdate": ["a": 1]]), n: 2),
        event("message.update", ["dialog": d1, "message": m1.with(["reactionUpdate": ["a": 1]])], n: 3),
      ],
      [
        get(
          "MessageUpdate", everyone, ["data/context/includedSections": ["dialog", "message", "statusUpdate"]]),
        get(
          "MessageUpdate", everyone,
          ["data/context/includedSections": ["dialog", "message", "reactionUpdate"]],
          of: id(2)),
        get(
          "MessageUpdate", everyone,
          ["data/context/includedSections": ["dialog", "member", "message", "reactionUpdate"]], of: id(3)),
      ])
    SpecCase(
      "§3.1 context: updatedFields is absent if the event has none",
      [event("dialog.update", ["dialog": d1, "context": ["x": 1]])],
      [get("DialogUpdate", everyone, ["data/context/x": 1], lacks: ["data/context/updatedFields"])])
  }
}
