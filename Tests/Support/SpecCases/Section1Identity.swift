import SpecModel

private let carl: JSON = ["user": ["userId": "carl"]]
private let hex = "0123456789abcdef01234567"

/// An event that makes one update, which shows its identity.
private func identified(_ top: JSON) -> Line {
  event("user.update", carl, top, without: top["_id"] == nil ? ["_id"] : [])
}

private func identifies(_ name: String, _ top: JSON) -> SpecCase {
  SpecCase(name, [identified(top)], [get("UserUpdate", ["carl"], ["eventId": .string(hex)], of: hex)])
}

extension SpecCase {
  @SpecCases static var identity: [SpecCase] {
    identifies("§1 _id: 24 hex digits are the identity", ["_id": .string(hex)])
    identifies("§1 _id: {$oid} is the identity", ["_id": ["$oid": .string(hex)]])
    identifies("§1 _id: upper-case hex is kept in lower case", ["_id": .string(hex.uppercased())])
    identifies(
      "§1 _id: {$oid} in upper case is kept in lower case", ["_id": ["$oid": .string(hex.uppercased())]])
    identifies("§1 eventId: the first 24 of its 32 hex digits", ["eventId": .string("evt_\(hex)89abcdef")])
    identifies("§1 eventId: upper-case hex", ["eventId": .string("evt_\(hex.uppercased())89ABCDEF")])
    identifies(
      "§1 eventId: counts when _id is null", ["_id": .null, "eventId": .string("evt_\(hex)89abcdef")])
    identifies(
      "§1 _id: wins over eventId",
      ["_id": .string(hex), "eventId": "evt_ffffffffffffffffffffffffffffffff"])
    identifies("§1 _id: a usable one makes up for an unusable eventId", ["_id": .string(hex), "eventId": 5])

    SpecCase(
      "§1 _id and eventId: spellings of one identity are one event",
      [
        identified(["_id": .string(hex)]), identified(["_id": ["$oid": .string(hex.uppercased())]]),
        identified(["eventId": .string("evt_\(hex)00000000")]),
        identified(["eventId": .string("evt_\(hex)ffffffff")]),
      ], [get("UserUpdate", ["carl"], of: hex)])
    SpecCase(
      "§1 _id: a value that is not an identity is bad",
      ([
        5, 1.5, true, "", [], [.string(hex)], [:], .string(String(hex.dropLast())), .string(hex + "0"),
        .string("g" + hex.dropFirst()), .string(" " + hex.dropFirst()), .string("é" + hex.dropFirst(2)),
        .string("\u{FF10}" + hex.dropFirst(3)), .string("0x" + hex.dropFirst(2)),
        ["$oid": .null], ["$oid": 5], ["$oid": "0123"], ["$oid": ["$oid": .string(hex)]],
        ["$oid": .string(hex), "more": 1], ["oid": .string(hex)],
      ] as [JSON]).map { identified(["_id": $0]).bad("_id") })
    SpecCase(
      "§1 _id: an invalid one is bad, even with a valid eventId",
      [identified(["_id": "carl", "eventId": .string("evt_\(hex)00000000")]).bad("_id")])
    SpecCase(
      "§1 eventId: a value that is not an identity is bad",
      ([
        5, "", "evt_", .string(hex), .string("evt_\(hex)"), .string("evt_\(hex)0000000"),
        .string("evt_\(hex)000000000"), .string("evt_\(hex)0000000g"), .string("EVT_\(hex)00000000"),
        .string("evt-\(hex)00000000"), .string("\(hex)00000000"), ["$oid": .string(hex)],
      ] as [JSON]).map { identified(["eventId": $0]).bad("eventId") })
    SpecCase(
      "§1 identity: an event without one is bad",
      [identified([:]).bad("_id"), identified(["_id": .null]).bad(), identified(["eventId": .null]).bad()])
  }

  @SpecCases static var header: [SpecCase] {
    SpecCase(
      "§1 tenantId: absent or null is bad",
      [
        event("user.update", carl, without: ["tenantId"]).bad("tenantId"),
        event("user.update", carl, ["tenantId": .null]).bad("tenantId"),
        event("tenant.create", [:], without: ["tenantId"]).bad("tenantId"),
      ])
    SpecCase(
      "§1 eventType: anything but a non-empty string is bad",
      [
        event("", carl, without: ["eventType"]).bad("eventType"),
        event("", carl, ["eventType": .null]).bad("eventType"), event("", carl).bad("eventType"),
        event("", carl, ["eventType": 5]).bad("eventType"),
        event("", carl, ["eventType": ["$ne": .null]]).bad("eventType"),
        event("", carl, ["eventType": ["user.update"]]).bad("eventType"),
      ])
    SpecCase(
      "§1 optional fields: an event needs no actor, entity or createdAt, and null means absent",
      [
        event("user.update", carl, without: ["createdAt"]),
        event(
          "user.update", carl, n: 2,
          ["actorId": .null, "actorType": .null, "entityId": .null, "entityType": .null, "createdAt": .null]),
      ], [get("UserUpdate", ["carl"]), get("UserUpdate", ["carl"], of: id(2))])
    SpecCase(
      "§1 sections: null means absent",
      [
        event(
          "dialog.update",
          [
            "dialog": .null, "context": ["dialogId": "d1"], "member": .null, "message": .null,
            "typing": .null,
          ])
      ], [get("DialogUpdate", everyone, ["data/dialog/name": "Team", "data/member/state/isActive": true])])
    SpecCase(
      "§1 data: if it is absent or null, MongoDB supplies the sections",
      [
        event("dialog.update", ["x": 1], ["entityType": "dialog", "entityId": "d1"], without: ["data"]),
        event("dialog.update", [:], n: 2, ["entityType": "dialog", "entityId": "d1", "data": .null]),
      ], [get("DialogUpdate"), get("DialogUpdate", of: id(2))])
    SpecCase(
      "§1 sections: an event is bad if a section that its type needs cannot be supplied",
      [
        event("user.update").bad("user"), event("user.update", ["user": .null]).bad("user"),
        event("user.update", [:], ["data": "carl"]).bad("user"),
        event("user.update", [:], ["data": [["user": ["userId": "carl"]]]]).bad("user"),
        event("dialog.update").bad("dialog"),
        event("message.create", ["dialog": d1]).bad("message"),
        event("dialog.typing", ["dialog": d1]).bad("typing"),
        event("dialog.member.add", ["dialog": d1]).bad("member"),
      ])
    SpecCase(
      "§1 equal keys: the last counts, in the event, in a section and below",
      [
        event("dialog.update", ["dialog": ["dialogId": "d1", "n": 0, "o": "o"]])
          .replacing(#""n":0"#, with: #""n":1,"n":[],"n":3"#)
          .replacing(#""o":"o""#, with: #""o":{"a":1,"b":2,"a":3}"#)
          .replacing(#""eventType":"dialog.update""#, with: #""eventType":5,"eventType":"dialog.update""#)
      ],
      [
        get(
          "DialogUpdate", everyone, ["data/dialog/n": 3, "data/dialog/o": ["a": 3, "b": 2]], body: [#""n":3"#]
        )
      ])
  }
}
