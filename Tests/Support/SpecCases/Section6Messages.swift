import SpecModel

/// A dialog `d2` in which `sam` writes, and `eve`'s unread counter there.
private func unread(_ count: JSON) -> Line {
  upsert(
    "dialogmembers", member("eve", ["unreadCount": count], of: "d2"),
    member("sam", ["unreadCount": 1], of: "d2"))
}

/// A stored message of `d2`.
private func sent(_ messageId: String, at time: JSON, by sender: JSON = "sam") -> JSON {
  message(messageId, ["senderId": sender, "createdAt": time], of: "d2")
}

/// The event of number `n` in a case: a message of `sam` was created.
private func created(_ messageId: String, n: Int = 1, _ fields: JSON = [:]) -> Line {
  let message: JSON = ["messageId": .string(messageId), "senderId": "sam"]
  return event("message.create", ["dialog": ["dialogId": "d2"], "message": message.with(fields)], n: n)
}

/// Both get each message. `eve` gets statistics only from these events.
private func updates(_ events: Int = 1, unreadAfter: Set<Int>) -> [Expectation] {
  (1...events).flatMap { number in
    [get("MessageUpdate", ["eve", "sam"], of: id(number))]
      + (unreadAfter.contains(number)
        ? [
          statistics(
            "eve",
            [
              "data/context/updatedFields": ["user.stats.unreadDialogsCount"],
              "data/user/stats": ["dialogCount": 1, "unreadDialogsCount": 1],
            ], of: id(number))
        ] : [])
  }
}

/// One stored message `n1` of `sam` and its event. The counter of `eve` decides.
private func counter(_ name: String, _ count: JSON, made: Bool) -> SpecCase {
  SpecCase(
    name, [unread(count), upsert("messages", sent("n1", at: 10)), created("n1")],
    updates(unreadAfter: made ? [1] : []))
}

extension SpecCase {
  @SpecCases static var messageStatistics: [SpecCase] {
    counter("§6 message.create: the first unread message makes the dialog unread", 1, made: true)
    counter("§6 message.create: not when there were unread ones before", 2, made: false)
    counter("§6 message.create: not when it is read already", 0, made: false)
    counter("§6 message.create: a counter of 1.0 is 1", 1.0, made: true)
    counter("§6 message.create: a counter of 1.5 is not 1", 1.5, made: false)
    counter("§6 message.create: no counter, or null, is 0", .null, made: false)
    SpecCase(
      "§6 message.create: never for the sender, never for inactive members",
      [
        upsert(
          "dialogmembers", member("sam", ["unreadCount": 1], of: "d2"),
          member("eve", ["unreadCount": 1], of: "d2"),
          member("fay", ["unreadCount": 1, "isActive": false], of: "d2")),
        upsert("messages", sent("n1", at: 10)), created("n1"),
      ], updates(unreadAfter: [1]))
    SpecCase(
      "§6 message.create: for every member whose dialog it made unread",
      [
        upsert(
          "dialogmembers", member("sam", of: "d2"), member("eve", ["unreadCount": 1], of: "d2"),
          member("fay", ["unreadCount": 1], of: "d2"), member("gus", ["unreadCount": 7], of: "d2")),
        upsert("messages", sent("n1", at: 10)), created("n1"),
      ], [get("MessageUpdate", ["eve", "fay", "gus", "sam"]), statistics("eve"), statistics("fay")])
    for (lag, made) in [(1, 3), (2, 2), (3, 1)] {
      SpecCase(
        "§6 lag: of a burst of 3 messages, \(lag) of them unread, exactly the oldest unread one makes statistics",
        [
          unread(.integer(Int64(lag))),
          upsert("messages", sent("n1", at: 10), sent("n2", at: 11), sent("n3", at: 12)),
          created("n1"), created("n2", n: 2), created("n3", n: 3),
        ], updates(3, unreadAfter: [made]))
    }
    SpecCase(
      "§6 lag: without lag, each message finds the counter as it was then",
      [
        upsert("messages", sent("n1", at: 10)), unread(1), created("n1"),
        upsert("messages", sent("n2", at: 11)), unread(2), created("n2", n: 2), unread(0),
        upsert("messages", sent("n3", at: 12)), unread(1), created("n3", n: 3),
      ], updates(3, unreadAfter: [1, 3]))
    SpecCase(
      "§6 lag: of messages of the same time, the one with the greater messageId is newer",
      [
        unread(2), upsert("messages", sent("na", at: 10), sent("nb", at: 10), sent("nB", at: 10)),
        created("nB"), created("na", n: 2), created("nb", n: 3),
      ], updates(3, unreadAfter: [2]))
    SpecCase(
      "§6 lag: createdAt compares before messageId, by its fraction too",
      [
        unread(2), upsert("messages", sent("nz", at: 10.25), sent("na", at: 10.5)), created("nz"),
        created("na", n: 2),
      ], updates(2, unreadAfter: [1]))
    SpecCase(
      "§6 lag: createdAt compares exactly, beyond what doubles can tell apart",
      [
        unread(2),
        upsert("messages", sent("nb", at: 9_007_199_254_740_992), sent("na", at: 9_007_199_254_740_993)),
        created("nb"), created("na", n: 2),
      ], updates(2, unreadAfter: [1]))
    SpecCase(
      "§6 lag: the member's own messages do not count, but all others do",
      [
        upsert("users", user("eve")), unread(2),
        upsert(
          "messages", sent("n1", at: 10), sent("n2", at: 11, by: "eve"), sent("n3", at: 12, by: "gus"),
          sent("n4", at: 13, by: "eve"), sent("n5", at: 14, by: "EVE")),
        created("n1"), created("n3", n: 2, ["senderId": "gus"]), created("n5", n: 3, ["senderId": "EVE"]),
      ],
      [
        get("MessageUpdate", ["eve", "sam"]), get("MessageUpdate", ["eve", "sam"], of: id(2)),
        statistics("eve", of: id(2)),
        get("MessageUpdate", ["eve", "sam"], of: id(3)), statistics("sam", of: id(3)),
      ])
    SpecCase(
      "§6 lag: messages of other dialogs and tenants do not count",
      [
        unread(1),
        upsert(
          "messages", sent("n1", at: 10), message("n2", ["senderId": "sam", "createdAt": 11], of: "d3"),
          message("n3", ["senderId": "sam", "createdAt": 11], of: "d2", tenant: "u")),
        created("n1"),
      ], updates(unreadAfter: [1]))
    SpecCase(
      "§6 lag: the stored createdAt of the message counts, not the event's",
      [
        unread(2), upsert("messages", sent("n1", at: 10), sent("n2", at: 11)),
        created("n1", ["createdAt": 99]),
      ], updates(unreadAfter: [1]))
    SpecCase(
      "§6 lag: a message that is not in messages counts those newer than the event's message.createdAt",
      [
        unread(2), upsert("messages", sent("n1", at: 10), sent("n2", at: 11), sent("n3", at: 12)),
        created("n0", ["createdAt": 11]), created("n9", n: 2, ["createdAt": 10]),
        created("n0", n: 3, ["createdAt": 10.5]),
      ], updates(3, unreadAfter: [1]))
    SpecCase(
      "§6 lag: a message that is not in messages and has no createdAt counts those newer than the event",
      [
        unread(2), upsert("messages", sent("n1", at: 10), sent("n2", at: 1763551369398)), created("n9"),
        created("n9", n: 2, ["createdAt": .null]),
      ], updates(2, unreadAfter: [1, 2]))
    SpecCase(
      "§6 lag: if the time of the message is unknown, no message counts as newer",
      [
        upsert("messages", sent("n1", at: 10)), unread(1),
        event(
          "message.create", ["dialog": ["dialogId": "d2"], "message": ["messageId": "n9"]],
          ["createdAt": .null]),
        unread(2),
        event(
          "message.create", ["dialog": ["dialogId": "d2"], "message": ["messageId": "n9"]], n: 2,
          ["createdAt": "1"]),
      ],
      [
        get("MessageUpdate", ["eve", "sam"]), statistics("eve"), statistics("sam"),
        get("MessageUpdate", ["eve", "sam"], of: id(2)), statistics("sam", of: id(2)),
      ])
    SpecCase(
      "§6 lag: a loaded message counts like one that the event carries",
      [
        upsert("dialogs", dialog("d2")), unread(2),
        upsert("messages", sent("n1", at: 10), sent("n2", at: 11)),
        event("message.create", [:], ["entityType": "message", "entityId": "n1"]),
        event("message.create", [:], n: 2, ["entityType": "message", "entityId": "n2"]),
      ], updates(2, unreadAfter: [1]))
    SpecCase(
      "§6 lag: each member is judged by their own counter and their own messages",
      [
        upsert(
          "dialogmembers", member("eve", ["unreadCount": 3], of: "d2"),
          member("fay", ["unreadCount": 2], of: "d2"),
          member("sam", of: "d2")),
        upsert("messages", sent("n1", at: 10), sent("n2", at: 11, by: "fay"), sent("n3", at: 12)),
        created("n1"), created("n3", n: 2),
      ],
      [
        get("MessageUpdate", ["eve", "fay", "sam"]), statistics("eve"), statistics("fay"),
        get("MessageUpdate", ["eve", "fay", "sam"], of: id(2)),
      ])
    SpecCase(
      "§6 lag: a message is counted among all of a long dialog",
      [
        unread(251),
        Line([
          "upsert": [
            "messages": .array(
              (0..<500).map { sent("n\($0)", at: .integer($0), by: $0 % 2 == 0 ? "sam" : "eve") })
          ]
        ]),
        created("n0"), created("n498", n: 2), unread(100), created("n300", n: 3), created("n302", n: 4),
      ], updates(4, unreadAfter: [3]))
    SpecCase(
      "§6 lag: messages without a sender count for every member",
      [
        unread(2), upsert("messages", sent("n1", at: 10), message("n2", ["createdAt": 11], of: "d2")),
        created("n1"),
      ], updates(unreadAfter: [1]))
    SpecCase(
      "§6 message.create: the sender gets none, even if only the stored message names them",
      [unread(1), upsert("messages", sent("n1", at: 10)), created("n1", ["senderId": .null])],
      updates(unreadAfter: [1]))
    SpecCase(
      "§6 message.update: makes no statistics, even if the message is the oldest unread one",
      [
        unread(1), upsert("messages", sent("n1", at: 10)),
        event(
          "message.update",
          ["dialog": ["dialogId": "d2"], "message": ["messageId": "n1", "senderId": "sam"]]),
      ], [get("MessageUpdate", ["eve", "sam"])])
  }
}
