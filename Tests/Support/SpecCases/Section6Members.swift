import SpecModel

/// An event that says that the unread counter of carl has changed, and what carl then gets.
private func changes(_ name: String, _ data: JSON, statistics isMade: Bool) -> SpecCase {
  let fields: [String: JSON] = ["data/context/updatedFields": ["user.stats.unreadDialogsCount"]]
  return SpecCase(
    name, [event("dialog.member.update", (["dialog": d1, "member": ["userId": "carl"]] as JSON).with(data))],
    [get("DialogMemberUpdate", ["carl"])] + (isMade ? [statistics("carl", fields)] : []))
}

private func delta(_ from: JSON, _ to: JSON) -> JSON {
  ["delta": ["unreadCount": ["from": from, "to": to]]]
}

extension SpecCase {
  @SpecCases static var memberStatistics: [SpecCase] {
    for type in ["dialog.member.add", "dialog.member.remove"] {
      SpecCase(
        "§6 \(type): statistics for the user it is about, after the ordinary updates",
        [event(type, ["dialog": d1, "member": ["userId": "carl"]])],
        [
          get("DialogUpdate"),
          statistics(
            "carl",
            [
              "eventType": "user.stats.update", "entityId": "carl",
              "data": [
                "context": [
                  "eventType": "user.stats.update", "entityId": "carl", "includedSections": ["user"],
                  "updatedFields": ["user.stats.dialogCount"],
                ],
                "user": [
                  "userId": "carl", "type": "user", "meta": ["lang": "en"],
                  "stats": ["dialogCount": 1, "unreadDialogsCount": 1],
                ],
              ],
            ]),
        ])
    }
    changes(
      "§6 dialog.member.update: when updatedFields names member.state.unreadCount",
      ["context": ["updatedFields": ["x", "member.state.unreadCount"]]], statistics: true)
    changes(
      "§6 dialog.member.update: not when updatedFields names other fields",
      ["context": ["updatedFields": ["member.state.lastSeenAt", "member.state", "unreadCount"]]],
      statistics: false)
    changes("§6 dialog.member.update: not when nothing speaks of the counter", [:], statistics: false)
    changes("§6 dialog.member.update: when delta.unreadCount has from ≠ to", delta(1, 0), statistics: true)
    changes(
      "§6 dialog.member.update: not when delta.unreadCount has from = to", delta(2, 2), statistics: false)
    changes("§6 dialog.member.update: 2 and 2.0 are no change", delta(2, 2.0), statistics: false)
    changes("§6 dialog.member.update: null and 2 are a change", delta(.null, 2), statistics: true)
    changes(
      "§6 dialog.member.update: absent and 1 are a change", ["delta": ["unreadCount": ["to": 1]]],
      statistics: true)
    changes(
      "§6 dialog.member.update: absent and null are no change", ["delta": ["unreadCount": ["to": .null]]],
      statistics: false)
    changes(
      "§6 dialog.member.update: a delta of other fields does not count",
      ["delta": ["lastSeenAt": ["from": 1, "to": 2]]],
      statistics: false)
    changes(
      "§6 dialog.member.update: updatedFields counts even if the delta has no change",
      delta(2, 2).with(["context": ["updatedFields": ["member.state.unreadCount"]]]), statistics: true)
    SpecCase(
      "§6 dialog.member.update: statistics are for that member only, and come from the store, not the event",
      [
        event(
          "dialog.member.update",
          delta(2, 0).with(["dialog": d1, "member": ["userId": "carl", "state": ["unreadCount": 0]]]))
      ],
      [
        get("DialogMemberUpdate", ["carl"], ["data/member/state/unreadCount": 0]),
        statistics("carl", ["data/user/stats": ["dialogCount": 1, "unreadDialogsCount": 1]]),
      ])
    SpecCase(
      "§6 other events make no statistics, whatever they say about counters",
      ["dialog.update", "dialog.typing", "message.update", "message.status.update", "user.update"]
        .enumerated().map {
          let data = d1m1.with(delta(0, 1)).with([
            "context": ["updatedFields": ["member.state.unreadCount"]], "member": ["userId": "carl"],
            "typing": ["userId": "alice"], "user": ["userId": "carl"],
          ])
          return event($1, data, n: $0 + 1)
        },
      [
        get("DialogUpdate"), get("TypingUpdate", ["bot_1", "carl"], of: id(2)),
        get("MessageUpdate", of: id(3)),
        get("MessageUpdate", of: id(4)), get("UserUpdate", ["carl"], of: id(5)),
      ])
  }

  @SpecCases static var statisticsContents: [SpecCase] {
    SpecCase(
      "§6 counts: active memberships of the tenant, and those of them with unreadCount above 0",
      [
        upsert(
          "dialogmembers", member("eve", ["unreadCount": 5], of: "a"),
          member("eve", ["unreadCount": 0], of: "b"),
          member("eve", of: "c"), member("eve", ["unreadCount": 0.5, "isActive": .null], of: "d"),
          member("eve", ["unreadCount": 5, "isActive": false], of: "e"),
          member("eve", ["unreadCount": -1], of: "f"),
          member("eve", ["unreadCount": "5", "isActive": 0], of: "g"),
          member("eve", ["unreadCount": .null], of: "h"),
          member("EVE", ["unreadCount": 5], of: "a"), member("fay", ["unreadCount": 5], of: "a"),
          member("eve", ["unreadCount": 5], of: "a", tenant: "u")),
        event("dialog.member.add", ["dialog": d1, "member": ["userId": "eve"]]),
      ],
      [
        get("DialogUpdate", everyone + ["eve"]),
        statistics("eve", ["data/user/stats": ["dialogCount": 7, "unreadDialogsCount": 2]]),
      ])
    SpecCase(
      "§6 counts: they are 0 for a user without memberships",
      [event("dialog.member.remove", ["dialog": d1, "member": ["userId": "nobody"]])],
      [
        get("DialogUpdate", everyone + ["nobody"]),
        statistics(
          "nobody",
          [
            "data/user": [
              "userId": "nobody", "type": "user", "meta": [:],
              "stats": ["dialogCount": 0, "unreadDialogsCount": 0],
            ]
          ]),
      ])
    SpecCase(
      "§6 user: type and meta from users and metas; without a record, type user and meta from metas",
      [
        upsert("metas", meta("user", "eve", "lang", "fr"), meta("user", "bot_1", "v", 2)),
        event("dialog.member.add", ["dialog": d1, "member": ["userId": "bot_1"]]),
        event("dialog.member.add", ["dialog": d1, "member": ["userId": "eve"]], n: 2),
      ],
      [
        get("DialogUpdate"),
        statistics(
          "bot_1",
          [
            "data/user": [
              "userId": "bot_1", "type": "bot", "meta": ["v": 2],
              "stats": ["dialogCount": 1, "unreadDialogsCount": 0],
            ]
          ]),
        get("DialogUpdate", everyone + ["eve"], of: id(2)),
        statistics(
          "eve",
          [
            "data/user": [
              "userId": "eve", "type": "user", "meta": ["lang": "fr"],
              "stats": ["dialogCount": 0, "unreadDialogsCount": 0],
            ]
          ], of: id(2)),
      ])
    SpecCase(
      "§6 context: statistics have their own, not the event's",
      [
        event(
          "dialog.member.add",
          [
            "dialog": d1, "member": ["userId": "carl"],
            "context": ["x": 1, "updatedFields": ["dialog.name"]],
          ])
      ],
      [
        get("DialogUpdate", everyone, ["data/context/x": 1, "data/context/updatedFields": ["dialog.name"]]),
        statistics(
          "carl",
          [
            "data/context": [
              "eventType": "user.stats.update", "entityId": "carl", "includedSections": ["user"],
              "updatedFields": ["user.stats.dialogCount"],
            ]
          ]),
      ])
  }
}
