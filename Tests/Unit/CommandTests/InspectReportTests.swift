import CommandHarness
import Foundation
import ReplayHarness
import SpecModel
import TestKit
import TestServers
import TestTraits
import Testing

/// `inspect user`, `inspect dialog`, `inspect stats`, and the JSON of all inspections.
@Suite(.bounded) struct InspectReportTests {
  private static let fixture = Repository.file("fixtures/support-chat.ndjson").path

  private func supportChat() throws -> Command {
    let command = try Command()
    #expect(try command("replay", Self.fixture).status == 0)
    return command
  }

  /// Output with the times at which updates were made as `TIME`, and the places of a listing as `PLACE`.
  private func withoutTimes(_ text: String) -> String {
    text.replacing(/--before [-.0-9a-f]+/, with: "--before PLACE")
      .replacing(/20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d\d/, with: "TIME")
      .replacing(/20\d\d-\d\d-\d\d \d\d:\d\d/, with: "HOUR")
  }

  @Test func `inspect user shows the binding, the statistics and what the user was sent, in order`() throws {
    let command = try supportChat()
    let result = try command("inspect", "user", "maria", "--tenant", "tnt_teashop", "--limit", "3")
    #expect(result.status == 0)
    #expect(
      withoutTimes(result.output) == """
        user maria  tenant tnt_teashop  type contact

        Gateway:
          binding                  update.*.contact.maria.*
          queue                    user_maria_updates
          or, for each connection  user_maria_conn_{connId}_updates

        Statistics:
          last sent    dialogCount 1, unreadDialogsCount 0  TIME, unpublished
          memberships  dialogCount 1, unreadDialogsCount 0  now
          They agree.

        Memberships:
          dlg_order4711  active  unread 0

        The last 3 updates, in the order in which they were made:
        TIME (UTC)\tRECIPIENT\tTYPE\tEVENT TYPE\tENTITY\tPUBLISHED\tROUTING KEY
        TIME\ttnt_teashop/maria\tDialogUpdate\tdialog.member.remove\tdlg_order4711\tno\tupdate.dialog.contact.maria.dialogupdate
        TIME\ttnt_teashop/maria\tUserUpdate\tuser.update\tmaria\tno\tupdate.user.contact.maria.userupdate
        TIME\ttnt_teashop/maria\tDialogUpdate\tdialog.delete\tdlg_order4711\tno\tupdate.dialog.contact.maria.dialogupdate

        """)
    #expect(withoutTimes(result.errors) == "there are older ones; go on with --before PLACE\n")
  }

  @Test func `inspect dialog shows members and the last events with their updates`() throws {
    let command = try supportChat()
    let result = try command("inspect", "dialog", "dlg_order4711", "--tenant", "tnt_teashop", "--limit", "4")
    #expect(result.status == 0 && result.errors == "")
    #expect(
      withoutTimes(result.output) == """
        dialog dlg_order4711  tenant tnt_teashop

        Members:
        MEMBER\tACTIVE\tUNREAD\tLAST SEEN (UTC)\tLAST MESSAGE (UTC)
        maria\tyes\t0\tTIME\tTIME
        olga\tyes\t0\tTIME\tTIME

        Last events:
        LAST UPDATE (UTC)\tEVENT\tEVENT TYPE\tUPDATES\tUNPUBLISHED
        TIME\t6925a0010000000000000011\tdialog.delete\t2\t2
        TIME\t6925a001000000000000000e\tdialog.member.remove\t4\t4
        TIME\t6925a001000000000000000d\tdialog.member.update\t1\t1
        TIME\t6925a001000000000000000c\tdialog.member.update\t2\t2

        """)
  }

  @Test func `inspect stats counts by hour and type, and what was never confirmed`() throws {
    let command = try supportChat()
    let result = try command("inspect", "stats")
    #expect(result.status == 0)
    let rows = result.lines.map { $0.split(separator: "\t").map(String.init) }
    #expect(rows.first == ["HOUR (UTC)", "TYPE", "EVENT TYPE", "UPDATES", "UNPUBLISHED"])
    #expect(rows.dropFirst().compactMap { Int($0[3]) }.reduce(0, +) == 39)
    #expect(
      withoutTimes(result.errors).contains(
        "updates         39  (14 MessageUpdate, 13 DialogUpdate, 7 UserStatsUpdate,"))
    #expect(withoutTimes(result.errors).contains("unpublished     39  (of any age, the oldest of TIME)"))
    let none = try command("inspect", "stats", "--tenant", "other")
    #expect(none.output == "" && none.errors == "updates         0\nunpublished     0\n")
    let past = try command("inspect", "stats", "--until", "2020-01-01", "--json")
    #expect(try JSON.parse(past.output)["updates"] == .integer(0))
  }

  @Test func `every report is one JSON object on request`() throws {
    let command = try supportChat()
    func report(_ arguments: String...) throws -> JSON {
      let result = try command.run(Command.executable, ["inspect"] + arguments + ["--json"])
      #expect(result.status == 0 && result.lines.count == 1)
      return try JSON.parse(result.output)
    }
    let user = try report("user", "shop_bot", "--tenant", "tnt_teashop")
    #expect(user["gateway"]?["binding"]?.string == "update.*.bot.shop_bot.*")
    #expect(user["statistics"]?["verdict"]?.string == "agree")
    #expect(user["searched"]?["complete"] == .bool(true))
    let dialog = try report("dialog", "dlg_order4711", "--tenant", "tnt_teashop")
    #expect(dialog["members"]?.array?.count == 2)
    #expect(dialog["events"]?.array?.first?["updates"] == .integer(2))
    let event = try report("event", "6925a0010000000000000005")
    #expect(event["updates"]?.array?.count == 1 && event["outcome"]?.string == "handled")
    #expect(event["without"]?.array?.map { $0["userId"]?.string } == ["shop_bot", "olga"])
    #expect(try report("stats")["unpublished"]?["count"] == .integer(39))
  }

  @Test func `a listing goes on where another has ended, or before a time`() throws {
    let command = try supportChat()
    let all = try command("inspect", "updates", "--json", "--limit", "0").lines
    let user = try JSON.parse(
      try command("inspect", "user", "maria", "--tenant", "tnt_teashop", "--limit", "5", "--json").output)
    let place = try #require(user["next"]?.string?.text)
    let older = try command(
      "inspect", "updates", "--json", "--user", "maria", "--limit", "0", "--before", place
    ).lines
    #expect(older == all.filter { $0.contains(#""userId":"maria","entityId""#) }.dropFirst(5).map { $0 })
    #expect(try command("inspect", "updates", "--json", "--before", "2020-01-01").output == "")
    #expect(try command("inspect", "updates", "--json", "--since", "1h", "--limit", "300").lines == all)
  }

  @Test func `ids that a binding could take for wildcards are warned about`() throws {
    let command = try Command()
    let id = "a.b*#"
    try command.write(
      "a.ndjson", [Sample.state.replacing("carl", with: id), Sample.update(1)].joined(separator: "\n"))
    #expect(try command("replay", "a.ndjson").status == 0)
    let result = try command("inspect", "user", id, "--tenant", "t")
    #expect(result.status == 0)
    #expect(result.output.contains("update.*.user.a.b*#.*"))
    #expect(result.output.contains("The user's id holds * or #, which a binding may take for wildcards"))
    #expect(result.output.contains("The user's id holds dots"))
    #expect(result.output.contains("The user was never sent statistics."))
    let long = String(repeating: "x", count: 240)
    try command.write(
      "b.ndjson", [Sample.state.replacing("carl", with: long), Sample.update(2)].joined(separator: "\n"))
    #expect(try command("replay", "b.ndjson").status == 0)
    #expect(try command("inspect", "user", long, "--tenant", "t").output.contains("longer than 255 bytes"))
  }

  @Test func `a user whose type has changed, one without a record, and wrong statistics are pointed out`()
    throws
  {
    let command = try Command()
    let lines = [
      Sample.state, Sample.update(1),
      Sample.update(2, type: "dialog.member.add", extra: ", \"member\": {\"userId\": \"erik\"}"),
      #"{"upsert": {"users": [{"tenantId": "t", "userId": "carl", "type": "agent"}], "dialogmembers": [{"tenantId": "t", "dialogId": "d", "userId": "erik", "unreadCount": 2}]}}"#,
    ]
    try command.write("a.ndjson", lines.joined(separator: "\n"))
    #expect(try command("replay", "a.ndjson").status == 0)
    let carl = try command("inspect", "user", "carl", "--tenant", "t").output
    #expect(carl.contains("update.*.agent.carl.*"))
    #expect(carl.contains("2 of the updates shown went out under another key"))
    let erik = try command("inspect", "user", "erik", "--tenant", "t").output
    #expect(erik.contains("There is no record of the user, so the type is user"))
    #expect(erik.contains("They differ; verify --repair sends fresh statistics."))
    // Stored in lower case, as older installations do.
    #expect(try command("inspect", "user", " BOT_1", "--tenant", "t").output.contains("type bot"))
  }

  @Test(arguments: [
    ["user", "maria"], ["user", "--tenant", "t"], ["dialog", "d"],
    ["user", "m", "--tenant", "t", "--limit", "0"],
    ["dialog", "d", "--tenant", "t", "--limit", "1001"], ["updates", "--before", "yesterday"],
    ["updates", "--follow", "--since", "1h"], ["updates", "--limit", "-1"], ["stats", "--since", "12"],
    ["stats", "--since", "1h", "--until", "2h"], ["user", "m", "--tenant", "t", "--before", "1-xyz"],
  ])
  func `bad arguments are refused with 64`(arguments: [String]) throws {
    let command = try supportChat()
    let result = try command.run(Command.executable, ["inspect"] + arguments)
    #expect(result.status == 64 && result.output == "" && result.errors != "")
  }

  @Test func `a user or a dialog that the store does not know ends with 65 and one sentence`() throws {
    let command = try supportChat()
    let user = try command("inspect", "user", "maria", "--tenant", "other")
    #expect(user.status == 65)
    #expect(
      user.errors == "chat3-update-worker: nothing is known of user maria of tenant other in this store\n")
    #expect(try command("inspect", "dialog", "x", "--tenant", "tnt_teashop").status == 65)
  }
}
