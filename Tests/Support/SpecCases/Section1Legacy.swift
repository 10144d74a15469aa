import SpecModel

extension SpecCase {
  @SpecCases static var legacy: [SpecCase] {
    SpecCase(
      "§1 legacy: statusUpdate directly under data",
      [event("message.status.update", d1m1.with(["statusUpdate": ["userId": "alice", "status": "read"]]))],
      [
        get(
          "MessageUpdate", everyone, ["data/message/statusUpdate": ["userId": "alice", "status": "read"]],
          lacks: ["data/statusUpdate"])
      ])
    SpecCase(
      "§1 legacy: reactionUpdate directly under data",
      [
        event("message.reaction.update", d1m1.with(["reactionUpdate": ["userId": "alice", "reaction": "👍"]]))
      ],
      [
        get(
          "MessageUpdate", everyone, ["data/message/reactionUpdate": ["userId": "alice", "reaction": "👍"]],
          lacks: ["data/reactionUpdate"])
      ])
    SpecCase(
      "§1 legacy: flat userId, newStatus, oldStatus",
      [
        event(
          "message.status.update",
          [
            "dialogId": "d1", "messageId": "m1", "userId": "alice", "newStatus": "read",
            "oldStatus": "unread",
          ],
          ["entityType": "messageStatus", "entityId": "m1"])
      ],
      [
        get(
          "MessageUpdate", everyone,
          [
            "data/message/statusUpdate": ["userId": "alice", "status": "read", "oldStatus": "unread"],
            "data/dialog/dialogId": "d1", "entityId": "m1",
          ])
      ])
    SpecCase(
      "§1 legacy: flat userId, reaction, oldReaction",
      [
        event(
          "message.reaction.update", ["userId": "alice", "reaction": "👍", "oldReaction": "👎"],
          ["entityType": "messageReaction", "entityId": "m1"])
      ],
      [
        get(
          "MessageUpdate", everyone,
          ["data/message/reactionUpdate": ["userId": "alice", "reaction": "👍", "oldReaction": "👎"]])
      ])
    SpecCase(
      "§1 legacy: flat userId, expiresInMs, timestamp",
      [
        event(
          "dialog.typing",
          ["context": d1, "userId": "alice", "expiresInMs": 3000, "timestamp": 1763551369000.5])
      ],
      [
        get(
          "TypingUpdate", ["bot_1", "carl"],
          [
            "data/typing": [
              "userId": "alice", "expiresInMs": 3000, "timestamp": 1763551369000.5, "userInfo": .null,
            ]
          ])
      ])
  }
}
