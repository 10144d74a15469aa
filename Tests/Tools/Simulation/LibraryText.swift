/// The records and events of the library, as lines of a timeline (spec section 9).
enum LibraryText {
  /// A user whose updates MongoDB refuses.
  static let refusedUser = "rex"
  /// A user whose routing keys are too long for AMQP.
  static let unsendableUser = String(repeating: "z", count: 240)

  private static let start = 1_763_551_369_397
  private static let members: [(dialog: String, users: [(id: String, unread: Int)])] = [
    ("d1", [("ann", 1), ("xia", 0)]), ("d2", [("ann", 1), ("yan", 1)]), ("d3", [("cid", 0), ("vic", 0)]),
    ("d4", [("bob", 2), ("zoe", 0)]), ("d5", ["ann", "bob", "cid", "eve", "fay"].map { ($0, 1) }),
    ("d6", [("wim", 0)]), ("d8", [(unsendableUser, 0), ("ann", 0)]), ("d9", [(refusedUser, 0), ("bob", 0)]),
  ]

  /// The first version of the state.
  static var opening: [String] {
    ["north", "south"].flatMap { tenant in
      var lines = ["ann", "bob", "cid", "vic", "wim", "xia", "yan", "zoe"].map { user in
        upsert("users", tenant, "\"userId\":\"\(user)\",\"type\":\"agent\",\"name\":\"N\"")
      }
      for (dialog, users) in members {
        lines.append(upsert("dialogs", tenant, "\"dialogId\":\"\(dialog)\",\"name\":\"Dialog\""))
        lines += users.map { member(tenant, dialog, $0.id, unread: $0.unread) }
        lines.append(
          upsert(
            "messages", tenant,
            "\"messageId\":\"\(dialog)-m\",\"dialogId\":\"\(dialog)\",\"senderId\":\"ann\",\"type\":\"text\","
              + "\"content\":\"c\",\"createdAt\":\(start)"))
      }
      lines.append(meta(tenant, value: 1))
      return lines
    }
  }

  /// What leads from each version to the next. The last one leads to the first.
  ///
  /// No record changes on which something depends that the model does not show: whose membership comes and goes is
  /// never told of unread messages, and nobody's count of unread dialogs changes.
  static var changes: [[String]] {
    [
      both { member($0, "d1", "xia", unread: 0, isActive: false) },
      both { member($0, "d2", "yan", unread: 2) },
      both { meta($0, value: 2) },
      both { upsert("users", $0, "\"userId\":\"zoe\",\"type\":\"bot\",\"name\":\"N\"") },
      both {
        "{\"delete\":{\"dialogmembers\":[{\"tenantId\":\"\($0)\",\"dialogId\":\"d3\",\"userId\":\"vic\"}]}}"
      },
      both { member($0, "d1", "xia", unread: 0) },
      both { member($0, "d2", "yan", unread: 1) },
    ]
  }

  private static func both(_ line: (String) -> String) -> [String] { ["north", "south"].map(line) }

  private static func upsert(_ collection: String, _ tenant: String, _ fields: String) -> String {
    "{\"upsert\":{\"\(collection)\":[{\"tenantId\":\"\(tenant)\",\(fields)}]}}"
  }

  private static func member(
    _ tenant: String, _ dialog: String, _ user: String, unread: Int, isActive: Bool = true
  ) -> String {
    upsert(
      "dialogmembers", tenant,
      "\"dialogId\":\"\(dialog)\",\"userId\":\"\(user)\",\"unreadCount\":\(unread),\"isActive\":\(isActive)")
  }

  private static func meta(_ tenant: String, value: Int) -> String {
    upsert("metas", tenant, "\"entityType\":\"user\",\"entityId\":\"wim\",\"key\":\"k\",\"value\":\(value)")
  }

  // MARK: - Events

  /// The `_id` of an event of the library.
  static func identity(_ number: Int) -> String {
    let digits = String(number + 1, radix: 16)
    return "64b0" + String(repeating: "0", count: 20 - digits.count) + digits
  }

  static func events(seed: UInt64) -> [[UInt8]] {
    var chance = Chance(seed: seed)
    return (0..<640).map { Array(event($0, &chance).utf8) }
  }

  private static func event(_ number: Int, _ chance: inout Chance) -> String {
    let tenant = chance.percent(85) ? "north" : "south"
    let dialog = chance.pick(["d1", "d1", "d2", "d2", "d3", "d3", "d4", "d4", "d6", "d6", "d6", "d6"])
    let user = chance.pick(["ann", "bob", "cid", "xia", "zoe", "wim"])
    func text(_ type: String, _ entity: String, _ id: String, _ data: String) -> String {
      """
      {"_id":"\(identity(number))","tenantId":"\(tenant)","eventType":"\(type)","entityType":"\(entity)",\
      "entityId":"\(id)","data":{\(data)},"createdAt":\(start + 1000 + number)}
      """
    }
    func section(_ dialog: String) -> String {
      "\"dialog\":{\"dialogId\":\"\(dialog)\",\"name\":\"n\(number)\"}"
    }
    func aboutDialog(_ dialog: String) -> String {
      text(
        "dialog.update", "dialog", dialog,
        chance.percent(50) ? section(dialog) : "\"context\":{\"dialogId\":\"\(dialog)\"}")
    }
    func aboutMessage(_ type: String, _ id: String, _ more: String) -> String {
      text(type, "message", id, section(dialog) + ",\"message\":{\"messageId\":\"\(id)\",\(more)}")
    }
    func aboutMember(_ type: String) -> String {
      text(
        type, "dialogMember", dialog,
        section(dialog) + ",\"member\":{\"userId\":\"\(user)\",\"state\":{\"unreadCount\":0}},"
          + "\"delta\":{\"unreadCount\":{\"from\":\(chance.below(2)),\"to\":0}}")
    }
    switch chance.below(100) {
    case 0..<24:
      return text("user.update", "user", user, "\"user\":{\"userId\":\"\(user)\",\"name\":\"n\(number)\"}")
    case 24..<60: return text("message.delete", "message", "m", "")
    case 60..<61: return "no JSON at all, \(identity(number))"
    case 61..<62: return text("dialog.update", "dialog", "nowhere", "")
    case 62..<63: return text("dialog.member.add", "dialogMember", dialog, section(dialog))
    case 63..<68:
      return text("dialog.typing", "dialog", dialog, section(dialog) + ",\"typing\":{\"userId\":\"\(user)\"}")
    case 68..<74: return aboutDialog(dialog)
    case 74..<75: return aboutDialog("d5")
    case 75..<76: return aboutDialog("d8")
    case 76..<77: return aboutDialog("d9")
    case 77..<83:
      return aboutMessage(
        "message.create", "m\(number)", "\"senderId\":\"\(user)\",\"createdAt\":\(start + 1000 + number)")
    case 83..<85: return aboutMessage("message.update", "\(dialog)-m", "\"content\":\"n\(number)\"")
    case 85..<87:
      return aboutMessage(
        "message.status.update", "\(dialog)-m",
        "\"statusUpdate\":{\"userId\":\"\(user)\",\"status\":\"read\"}")
    case 87..<94: return aboutMember("dialog.member.update")
    case 94..<97: return aboutMember("dialog.member.add")
    default: return aboutMember("dialog.member.remove")
    }
  }
}
