import SpecModel

/// A user event about `eve`, and the routing key of her update.
private func keyed(_ name: String, _ given: JSON, _ userType: String, records: [Line] = []) -> SpecCase {
  SpecCase(
    name, records + [event("user.update", ["user": (["userId": "eve"] as JSON).with(given)])],
    [get("UserUpdate", ["eve"], ["routingKey": .string("update.user.\(userType).eve.userupdate")])])
}

extension SpecCase {
  @SpecCases static var output: [SpecCase] {
    SpecCase(
      "§4 entityId: dialogId, messageId or userId, by the update's type, whatever the event's entityId",
      [
        event("dialog.update", ["dialog": d1], ["entityId": "x"]),
        event("dialog.member.update", ["dialog": d1, "member": ["userId": "carl"]], n: 2, ["entityId": "x"]),
        event("dialog.typing", ["dialog": d1, "typing": ["userId": "alice"]], n: 3, ["entityId": "x"]),
        event("message.update", d1m1, n: 4, ["entityId": "x"]),
        event("message.status.update", d1m1, n: 5, ["entityId": "x"]),
        event("user.update", ["user": ["userId": "carl"]], n: 6, ["entityId": "x"]),
        event("dialog.member.add", ["dialog": d1, "member": ["userId": "eve"]], n: 7, ["entityId": "x"]),
      ],
      [
        get("DialogUpdate", everyone, ["entityId": "d1"]),
        get("DialogMemberUpdate", ["carl"], ["entityId": "d1"], of: id(2)),
        get("TypingUpdate", ["bot_1", "carl"], ["entityId": "d1"], of: id(3)),
        get("MessageUpdate", everyone, ["entityId": "m1"], of: id(4)),
        get("MessageUpdate", everyone, ["entityId": "m1"], of: id(5)),
        get("UserUpdate", ["carl"], ["entityId": "carl"], of: id(6)),
        get("DialogUpdate", everyone + ["eve"], ["entityId": "d1"], of: id(7)),
        statistics("eve", ["entityId": "eve", "userId": "eve"], of: id(7)),
      ])
    SpecCase(
      "§4 eventType and eventId: those of the source event; derived updates have the type user.stats.update",
      [event("dialog.member.remove", ["dialog": d1, "member": ["userId": "carl"]])],
      [
        get("DialogUpdate", everyone, ["eventType": "dialog.member.remove", "eventId": .string(id(1))]),
        statistics("carl", ["eventType": "user.stats.update", "eventId": .string(id(1)), "tenantId": "t"]),
      ])
    SpecCase(
      "§4 _id: the same event again stores nothing twice, and the stored version wins after the state has changed",
      [
        event("dialog.update", ["context": d1]),
        upsert("dialogs", dialog("d1", ["name": "New"])),
        upsert("dialogmembers", member("carl", ["unreadCount": 99])),
        upsert("users", user("carl", ["type": "changed"])),
        event("dialog.update", ["context": d1]), event("dialog.update", ["context": d1], n: 2),
      ],
      [
        get("DialogUpdate", ["alice", "bot_1"], ["data/dialog/name": "Team"]),
        get(
          "DialogUpdate", ["carl"],
          [
            "data/dialog/name": "Team", "data/member/state/unreadCount": 2,
            "routingKey": "update.dialog.user.carl.dialogupdate",
          ]),
        get("DialogUpdate", ["alice", "bot_1"], ["data/dialog/name": "New"], of: id(2)),
        get(
          "DialogUpdate", ["carl"],
          [
            "data/dialog/name": "New", "data/member/state/unreadCount": 99,
            "routingKey": "update.dialog.changed.carl.dialogupdate",
          ], of: id(2)),
      ])
    SpecCase(
      "§4 _id: the same event twice in a row, with derived updates",
      Array(repeating: event("dialog.member.add", ["dialog": d1, "member": ["userId": "eve"]]), count: 3),
      [get("DialogUpdate", everyone + ["eve"]), statistics("eve")])
    SpecCase(
      "§4 _id: events of two tenants with one identity are two events",
      [
        upsert("dialogmembers", member("carl", tenant: "u")),
        event("user.update", ["user": ["userId": "carl"]]),
        event("user.update", ["user": ["userId": "carl"]], ["tenantId": "u"]),
      ], [get("UserUpdate", ["carl", "carl"])])
    SpecCase(
      "§4 _id: ids that are equal when joined are kept apart",
      [
        event("user.update", ["user": ["userId": "b"]], ["tenantId": "a"]),
        event("user.update", ["user": ["userId": "ab"]], ["tenantId": ""]).bad("tenantId"),
        event("user.update", ["user": ["userId": "bc"]], n: 2, ["tenantId": "a"]),
        event("user.update", ["user": ["userId": "c"]], n: 2, ["tenantId": "ab"]),
      ], [get("UserUpdate", ["b"]), get("UserUpdate", ["bc", "c"], of: id(2))])
  }

  @SpecCases static var routingKeys: [SpecCase] {
    keyed("§5 userType: without a record, a user event's own type", ["type": "agent"], "agent")
    keyed("§5 userType: without a record and a type, user", [:], "user")
    keyed("§5 userType: a user event's empty type is none", ["type": ""], "user")
    keyed("§5 userType: a user event's type that is no string is none", ["type": 5], "user")
    keyed(
      "§5 userType: the type in the record wins over the one in the event", ["type": "agent"], "bot",
      records: [upsert("users", user("eve", ["type": "bot"]))])
    keyed(
      "§5 userType: the type in the record is used as it is, dots included", [:], "Vip.User *#",
      records: [upsert("users", user("eve", ["type": "Vip.User *#"]))])
    for (name, type) in [("empty", ""), ("a number", 5), ("null", .null), ("an object", ["a": 1])]
      as [(String, JSON)]
    {
      keyed(
        "§5 userType: user where the record's is \(name), whatever the event says", ["type": "agent"], "user",
        records: [upsert("users", user("eve", ["type": type]))])
    }
    keyed(
      "§5 userType: user if the record has none, whatever the event says", ["type": "agent"], "user",
      records: [upsert("users", user("eve"))])
    SpecCase(
      "§5 userType: only user events set it, and not in derived updates",
      [
        upsert("dialogmembers", member("eve", of: "d2")),
        event(
          "dialog.member.update",
          [
            "dialog": ["dialogId": "d2"], "member": ["userId": "eve", "type": "agent"],
            "user": ["userId": "eve", "type": "agent"],
            "context": ["updatedFields": ["member.state.unreadCount"]],
          ]),
      ],
      [
        get("DialogMemberUpdate", ["eve"], ["routingKey": "update.dialog.user.eve.dialogmemberupdate"]),
        statistics("eve", ["routingKey": "update.user.user.eve.userstatsupdate"]),
      ])
    SpecCase(
      "§5 routing key: names the recipient's type, in derived updates too",
      [event("dialog.member.add", ["dialog": d1, "member": ["userId": "bot_1"]])],
      [
        get("DialogUpdate", ["alice"], ["routingKey": "update.dialog.user.alice.dialogupdate"]),
        get("DialogUpdate", ["bot_1"], ["routingKey": "update.dialog.bot.bot_1.dialogupdate"]),
        get("DialogUpdate", ["carl"], ["routingKey": "update.dialog.user.carl.dialogupdate"]),
        statistics("bot_1", ["routingKey": "update.user.bot.bot_1.userstatsupdate"]),
      ])
    SpecCase(
      "§5 routing key: ids may hold dots, * and #",
      [event("user.update", ["user": ["userId": "a.*.#"]])],
      [get("UserUpdate", ["a.*.#"], ["routingKey": "update.user.user.a.*.#.userupdate"])])
    let long = text(bytes: 255)
    let fits = text(bytes: 255 - "update.user.user..userupdate".utf8.count)
    SpecCase(
      "§5 routing key: an update whose key is over 255 bytes is stored, stays unpublished and holds nothing up",
      [
        event("user.update", ["user": ["userId": .string(long)]]),
        event("user.update", ["user": ["userId": .string(fits + "x")]], n: 2),
        event("user.update", ["user": ["userId": .string(fits)]], n: 3),
        event("user.update", ["user": ["userId": "carl"]], n: 4),
      ],
      [
        get("UserUpdate", [long], ["routingKey": .string("update.user.user.\(long).userupdate")]),
        get("UserUpdate", [fits + "x"], of: id(2)), get("UserUpdate", [fits], of: id(3)),
        get("UserUpdate", ["carl"], of: id(4)),
      ])
  }

  @SpecCases static var bodies: [SpecCase] {
    let numbers = event("dialog.update", ["dialog": ["dialogId": "d1", "n": "@"]])
    SpecCase(
      "§5 body: integers have all their digits, doubles their shortest exact form, whole ones no fraction",
      [
        numbers.replacing(
          #""n":"@""#,
          with: #"""
            "a":9223372036854775807,"b":-9007199254740993,"c":5.0,"d":1763551369397.6482,"e":0.10000000000000000555,\#
            "f":1e2,"g":-2.50,"h":1e-7,"i":1E21,"j":-0.0,"k":123456789.0,"l":0,"m":4.35,"n":1e300,"o":2e-3
            """#)
      ],
      [
        get(
          "DialogUpdate", everyone, ["data/dialog/i": 1e21, "data/dialog/j": 0, "data/dialog/n": 1e300],
          body: [
            #""a":9223372036854775807"#, #""b":-9007199254740993"#, #""c":5"#, #""d":1763551369397.6482"#,
            #""e":0.1"#,
            #""f":100"#, #""g":-2.5"#, #""h":1e-7"#, #""k":123456789"#, #""l":0"#, #""m":4.35"#,
            #""o":0.002"#,
          ])
      ])
    SpecCase(
      "§5 body: numbers from the store keep their value too",
      [
        Line(
          #"{"upsert":{"dialogs":[{"tenantId":"t","dialogId":"d2","a":9223372036854775807,"b":5.0,"c":0.1}],"#
            + #""dialogmembers":[{"tenantId":"t","dialogId":"d2","userId":"eve","unreadCount":2.0,"lastSeenAt":1.5e3,"#
            + #""lastMessageAt":1763551369397.6482}]}}"#),
        event("dialog.update", ["context": ["dialogId": "d2"]]),
      ],
      [
        get(
          "DialogUpdate", ["eve"],
          body: [
            #""a":9223372036854775807"#, #""b":5"#, #""c":0.1"#, #""unreadCount":2"#, #""lastSeenAt":1500"#,
            #""lastMessageAt":1763551369397.6482"#,
          ])
      ])
    SpecCase(
      "§5 body: ObjectIds are hex strings, and published is true",
      [event("dialog.update", ["dialog": d1], ["_id": "ABCDEF0123456789ABCDEF01"])],
      [
        get(
          "DialogUpdate", everyone, body: [#""eventId":"abcdef0123456789abcdef01""#, #""published":true"#],
          of: "abcdef0123456789abcdef01")
      ])
    SpecCase(
      "§5 order: updates are published in the order of the events",
      (1...20).map { event("dialog.update", ["dialog": d1.with(["n": .integer($0)])], n: Int($0)) },
      (1...20).map { get("DialogUpdate", everyone, ["data/dialog/n": .integer($0)], of: id(Int($0))) })
  }
}
