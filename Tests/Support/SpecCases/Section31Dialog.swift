import SpecModel

/// The dialog section of `d1` that is rebuilt from the store.
private let rebuilt: JSON = [
  "tenantId": "t", "dialogId": "d1", "name": "Team", "createdAt": 500.25, "meta": ["color": "red"],
]

extension SpecCase {
  @SpecCases static var dialogSection: [SpecCase] {
    SpecCase(
      "§3.1 dialog: the event's section is used as it is; only an empty meta is added",
      [
        event("dialog.update", ["dialog": ["dialogId": "d1", "n": .null, "meta": ["a": .null]]]),
        event("dialog.update", ["dialog": ["dialogId": "d1", "tenantId": "x", "_id": "y"]], n: 2),
      ],
      [
        get("DialogUpdate", everyone, ["data/dialog": ["dialogId": "d1", "n": .null, "meta": ["a": .null]]]),
        get(
          "DialogUpdate", everyone,
          ["data/dialog": ["dialogId": "d1", "tenantId": "x", "_id": "y", "meta": [:]]],
          of: id(2)),
      ])
    SpecCase(
      "§3.1 dialog: a meta that is not an object becomes {}",
      ([.null, [], "text", 5, true, [["a": 1]]] as [JSON]).enumerated().map { index, meta in
        event("dialog.update", ["dialog": ["dialogId": "d1", "meta": meta]], n: index + 1)
      }, (1...6).map { get("DialogUpdate", everyone, ["data/dialog/meta": [:]], of: id($0)) })
    for (name, data, top) in [
      ("context.dialogId", ["context": d1], [:]),
      (
        "context.dialogId, with a section that lacks dialogId", ["dialog": ["name": "x"], "context": d1], [:]
      ),
      (
        "context.dialogId before entityId", ["dialog": .null, "context": d1],
        ["entityType": "dialog", "entityId": "d9"]
      ),
      ("message.dialogId", ["message": d1], [:]),
      (
        "message.dialogId before entityId", ["message": d1], ["entityType": "dialog", "entityId": "d9"]
      ),
      ("entityId of entityType dialog", [:], ["entityType": "dialog", "entityId": "d1"]),
      ("entityId of entityType dialogMember", [:], ["entityType": "dialogMember", "entityId": "d1"]),
    ] as [(String, JSON, JSON)] {
      SpecCase(
        "§3.1 dialog: rebuilt from dialogs and metas by \(name)", [event("dialog.update", data, top)],
        [get("DialogUpdate", everyone, ["data/dialog": rebuilt, "entityId": "d1"])])
    }
    SpecCase(
      "§3.1 dialog: rebuilt by the stored message's dialogId",
      [
        event("message.update", [:], ["entityType": "message", "entityId": "m1"]),
        event("message.update", ["message": ["messageId": "m1"]], n: 2),
        event("message.reaction.update", ["context": ["messageId": "m1"]], n: 3),
        event("message.create", ["message": ["messageId": "m1", "senderId": "carl"]], n: 4),
      ], (1...4).map { get("MessageUpdate", everyone, ["data/dialog": rebuilt], of: id($0)) })
    SpecCase(
      "§3.1 dialog: a section that is not an object counts as one without dialogId",
      (["d1", 5, [d1], true] as [JSON]).enumerated().map { index, section in
        event("dialog.update", ["dialog": section, "context": d1], n: index + 1)
      }, (1...4).map { get("DialogUpdate", everyone, ["data/dialog": rebuilt], of: id($0)) })
    SpecCase(
      "§3.1 dialog: rebuilt by message.dialogId for a message event",
      [event("message.create", ["message": m1])], [get("MessageUpdate", everyone, ["data/dialog": rebuilt])])
    SpecCase(
      "§3.1 dialog: context.dialogId counts before message.dialogId, which then names another dialog",
      [
        upsert("dialogs", dialog("d2")),
        event("message.update", ["context": ["dialogId": "d2"], "message": m1]).bad("d1", "d2"),
      ])
    SpecCase(
      "§3.1 dialog: an event whose dialog cannot be determined is bad",
      [
        event("dialog.update", ["dialog": ["name": "x"]]).bad("dialog"),
        event("dialog.update", ["context": ["dialogId": "d9"]]).bad("d9"),
        event("dialog.update", [:], ["entityType": "message", "entityId": "d1"]).bad("dialog"),
        event("dialog.update", [:], ["entityId": "d1"]).bad("dialog"),
        event("dialog.update", ["context": ["messageId": "m1"]]).bad("dialog"),
        event("message.update", ["message": ["messageId": "m9"]]).bad("dialog"),
        event(
          "dialog.member.add", ["member": ["userId": "carl"]],
          ["entityType": "dialogMember", "entityId": "d9"]
        )
        .bad("d9"),
      ])
    SpecCase(
      "§3.1 dialog: the dialogId of the section is used everywhere, not the context's or entityId",
      [
        event(
          "dialog.typing", ["dialog": d1, "context": ["dialogId": "d2"], "typing": ["userId": "alice"]],
          ["entityType": "dialog", "entityId": "d3"])
      ],
      [
        get("TypingUpdate", ["bot_1"], ["entityId": "d1"]),
        get("TypingUpdate", ["carl"], ["entityId": "d1", "data/member/state/unreadCount": 2]),
      ])
    SpecCase(
      "§3.1 dialog: metas replace a stored meta field",
      [
        upsert("dialogs", dialog("d1", ["meta": ["stale": true]])),
        event("dialog.update", ["context": d1]),
      ], [get("DialogUpdate", everyone, ["data/dialog/meta": ["color": "red"]])])
  }
}
