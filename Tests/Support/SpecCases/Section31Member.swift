import SpecModel

/// A `dialog.update` with this `data.member` about carl, and the membership that carl then gets.
private func about(_ name: String, _ given: JSON, carl: [String: JSON], lacks: [String] = []) -> SpecCase {
  SpecCase(
    name, [event("dialog.update", ["dialog": d1, "member": (["userId": "carl"] as JSON).with(given)])],
    [get("DialogUpdate", ["alice", "bot_1"]), get("DialogUpdate", ["carl"], carl, lacks: lacks)])
}

extension SpecCase {
  @SpecCases static var memberSection: [SpecCase] {
    SpecCase(
      "§3.1 member: built from the stored record and its metas; an unknown value is null",
      [event("dialog.update", ["dialog": d1])],
      [
        get(
          "DialogUpdate", ["alice"],
          [
            "data/member": [
              "userId": "alice", "meta": [:],
              "state": ["unreadCount": 3, "lastSeenAt": 11, "lastMessageAt": 12.5, "isActive": true],
            ]
          ]),
        get(
          "DialogUpdate", ["bot_1"],
          [
            "data/member": [
              "userId": "bot_1", "meta": [:],
              "state": ["unreadCount": 0, "lastSeenAt": .null, "lastMessageAt": .null, "isActive": true],
            ]
          ]),
        get(
          "DialogUpdate", ["carl"],
          [
            "data/member": [
              "userId": "carl", "meta": ["pinned": true],
              "state": ["unreadCount": 2, "lastSeenAt": 21, "lastMessageAt": .null, "isActive": true],
            ]
          ]),
      ])
    about(
      "§3.1 member: each state field of the event wins by itself", ["state": ["unreadCount": 9]],
      carl: [
        "data/member/state": ["unreadCount": 9, "lastSeenAt": 21, "lastMessageAt": .null, "isActive": true]
      ])
    about(
      "§3.1 member: a null of the event leaves the stored value",
      ["state": ["unreadCount": .null, "lastSeenAt": .null, "lastMessageAt": .null, "isActive": .null]],
      carl: [
        "data/member/state": ["unreadCount": 2, "lastSeenAt": 21, "lastMessageAt": .null, "isActive": true]
      ])
    about(
      "§3.1 member: each meta key of the event wins by itself", ["meta": ["color": "blue", "pinned": false]],
      carl: ["data/member/meta": ["color": "blue", "pinned": false]])
    about(
      "§3.1 member: meta keys that the event does not have stay", ["meta": ["color": "blue"]],
      carl: ["data/member/meta": ["color": "blue", "pinned": true]])
    about(
      "§3.1 member: a null meta key of the event leaves the stored value", ["meta": ["pinned": .null]],
      carl: ["data/member/meta": ["pinned": true]])
    about(
      "§3.1 member: a null of the event stays if nothing is stored",
      ["x": .null, "meta": ["y": .null], "state": ["z": .null]],
      carl: [
        "data/member": [
          "userId": "carl", "x": .null, "meta": ["pinned": true, "y": .null],
          "state": [
            "unreadCount": 2, "lastSeenAt": 21, "lastMessageAt": .null, "isActive": true, "z": .null,
          ],
        ]
      ])
    about(
      "§3.1 member: null and absent sections of the event change nothing", ["meta": .null, "state": .null],
      carl: ["data/member/meta": ["pinned": true], "data/member/state/unreadCount": 2])
    about(
      "§3.1 member: other keys of the event win and are kept", ["role": "guest", "state": ["muted": true]],
      carl: [
        "data/member/role": "guest", "data/member/state/muted": true, "data/member/state/unreadCount": 2,
      ])
    about(
      "§3.1 member: other fields of the record are left out", [:],
      carl: ["data/member/userId": "carl"],
      lacks: ["data/member/role", "data/member/tenantId", "data/member/dialogId", "data/member/unreadCount"])
    about(
      "§3.1 member: values are taken as they are, of any type",
      ["state": ["unreadCount": "many", "lastSeenAt": ["$date": 5]]],
      carl: ["data/member/state/unreadCount": "many", "data/member/state/lastSeenAt": ["$date": 5]])
    about(
      "§3.1 member: a boolean isActive of the event wins", ["state": ["isActive": false]],
      carl: ["data/member/state/isActive": false])
    SpecCase(
      "§3.1 member: an isActive of the event that is not a boolean does not count",
      [
        event(
          "dialog.member.update", ["dialog": d1, "member": ["userId": "dave", "state": ["isActive": 1]]]),
        event(
          "dialog.member.update",
          ["dialog": d1, "member": ["userId": "carl", "state": ["isActive": "false"]]], n: 2),
        event(
          "dialog.member.update", ["dialog": d1, "member": ["userId": "dave", "state": ["isActive": true]]],
          n: 3),
      ],
      [
        get("DialogMemberUpdate", ["dave"], ["data/member/state/isActive": false]),
        get("DialogMemberUpdate", ["carl"], ["data/member/state/isActive": true], of: id(2)),
        get("DialogMemberUpdate", ["dave"], ["data/member/state/isActive": true], of: id(3)),
      ])
    SpecCase(
      "§3.1 member: isActive comes from the record if the event has none, and is true otherwise",
      [
        event("dialog.member.update", ["dialog": d1, "member": ["userId": "dave"]]),
        event("dialog.member.update", ["dialog": d1, "member": ["userId": "nobody"]], n: 2),
      ],
      [
        get("DialogMemberUpdate", ["dave"], ["data/member/state/isActive": false]),
        get(
          "DialogMemberUpdate", ["nobody"],
          [
            "data/member": [
              "userId": "nobody", "meta": [:],
              "state": ["unreadCount": .null, "lastSeenAt": .null, "lastMessageAt": .null, "isActive": true],
            ]
          ], of: id(2)),
      ])
    SpecCase(
      "§3.1 member: isActive is always false in dialog.member.remove",
      [
        event(
          "dialog.member.remove", ["dialog": d1, "member": ["userId": "carl", "state": ["isActive": true]]]),
        event("dialog.member.remove", ["dialog": d1, "member": ["userId": "nobody"]], n: 2),
      ],
      [
        get(
          "DialogUpdate", everyone, ["data/member/state/isActive": false, "data/member/meta/pinned": true]),
        statistics("carl"),
        get("DialogUpdate", everyone + ["nobody"], ["data/member/state/isActive": false], of: id(2)),
        statistics("nobody", of: id(2)),
      ])
    SpecCase(
      "§3.1 member: data.member about another user does not change the recipient's section",
      [
        event(
          "message.update",
          d1m1.with(["member": ["userId": "carl", "state": ["unreadCount": 9], "meta": ["a": 1], "x": 1]]))
      ],
      [
        get(
          "MessageUpdate", ["alice"], ["data/member/state/unreadCount": 3, "data/member/meta": [:]],
          lacks: ["data/member/x"]),
        get("MessageUpdate", ["bot_1"], ["data/member/state/unreadCount": 0], lacks: ["data/member/x"]),
        get(
          "MessageUpdate", ["carl"],
          [
            "data/member/state/unreadCount": 9, "data/member/meta": ["a": 1, "pinned": true],
            "data/member/x": 1,
          ]),
      ])
    SpecCase(
      "§3.1 member: data.member without userId is about nobody",
      [
        event(
          "dialog.typing",
          ["dialog": d1, "typing": ["userId": "alice"], "member": ["state": ["unreadCount": 9]]])
      ],
      [
        get("TypingUpdate", ["bot_1"], ["data/member/state/unreadCount": 0]),
        get("TypingUpdate", ["carl"], ["data/member/state/unreadCount": 2]),
      ])
  }
}
