/// The small world of the random timelines. It has few names, so that they collide.
enum Universe {
  static let tenants = ["t1", "Tenant \u{e9}.2"]

  /// The first ones are the most frequent.
  static let users = [
    "alice", "bob", "carl", "bot_1", "Alice", "jos\u{e9}", "jose\u{301}", " alice ", "BOB\u{a0}",
    "JOS\u{c9}", "a.b", "*", "#", "1:x", "x", "o'hara $ne", "\u{1F44B}\tWave",
    String(repeating: "u", count: 255), String(repeating: "\u{e9}", count: 127),
  ]

  /// `d` + `:` + `1:x` and `d:1` + `:` + `x` give the same entityId of dialogMember metas.
  static let dialogs = ["d", "d:1", "dlg_\u{e9}", "dlg_e\u{301}", "a.*.#", lonelyDialog]

  /// A dialog that only the first user is ever in.
  static let lonelyDialog = "lonely"

  private static let messages =
    (0..<20).map { "m\($0)" } + ["msg_\u{e9}", "msg_e\u{301}", "m.*", "M0", " m0"]

  private static let burstMessages = (0..<40).map { "burst\($0)" }

  /// The messages of a dialog. Every message belongs to one dialog, the same in all tenants.
  static func messages(of dialog: String) -> [String] {
    homed(messages, in: dialog)
  }

  /// The messages that bursts are made of.
  static func burstMessages(of dialog: String) -> [String] {
    homed(burstMessages, in: dialog)
  }

  private static func homed(_ ids: [String], in dialog: String) -> [String] {
    ids.enumerated().compactMap { index, id in
      let home = dialogs[index % dialogs.count]
      return ExactString(home) == ExactString(dialog) ? id : nil
    }
  }

  static let userTypes = ["user", "bot", "contact", "agent.x", "*", "Us\u{e9}r"]

  static let metaKeys = [
    "role", "lang", "pinned", "updated", "", "$where", "a.b", "\u{e9}", "e\u{301}", "$oid",
  ]

  static let statuses = ["unread", "delivered", "read", "", "\u{e9}"]

  /// Milliseconds with microseconds in the fraction. Some are equal, as integer and as double.
  static let times: [JSON] = [
    1763551369397.6482, 1763551369397.6482, 1763551369398.6482, 1763551369399.6484,
    .integer(1_763_551_369_398), .double(1_763_551_369_398), .integer(1_763_551_369_400),
    1763551369400.0002,
  ]

  static let ignoredTypes = [
    "message.delete", "message.reaction.add", "message.reaction.remove", "message.status.create",
    "tenant.create", "tenant.update", "user.stats.update", "not.known.yet", "Message.create",
    "message.create ", "dialog.typing\u{301}", "pack.create",
  ]

  /// Values that are not ids, wherever an id is used.
  static let noIds: [JSON] = [
    5, 1.5, true, "", "a\u{0}b", "\u{0}", [], ["alice"], ["$ne": .null], ["$gt": ""], [:],
    .string(String(repeating: "x", count: 256)), .string(String(repeating: "\u{e9}", count: 128)),
  ]
}
