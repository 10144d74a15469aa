import Testing

@testable import chat3_update_worker

/// How a table is shortened for a narrow terminal.
@Suite struct TableLayoutTests {
  private static let columns = [
    TableColumn(title: "TIME"), TableColumn(title: "RECIPIENT", least: 9),
    TableColumn(title: "ENTITY", least: 6, mayGo: true),
    TableColumn(title: "ROUTING KEY", least: 11, mayGo: true),
  ]
  private static let row = [
    "2026-11-21 12:26", "tnt_teashop/shop_bot", "dlg_order4711", "update.dialog.contact.maria.dialogupdate",
  ]

  private func line(_ width: Int?, _ row: [String] = row) -> String {
    var layout = TableLayout(Self.columns, width: width)
    layout.measure(row)
    return layout.line(row)
  }

  @Test func `a table that fits is not shortened`() {
    let full = Self.row.joined(separator: "  ")
    #expect(line(nil) == full && line(full.count) == full)
  }

  @Test func `the last column is shortened first, in its middle`() {
    #expect(
      line(90) == "2026-11-21 12:26  tnt_teashop/shop_bot  dlg_order4711  update.dialog.con…aria.dialogupdate"
    )
  }

  @Test func `the last column is left out before the one to its left is shortened`() {
    #expect(line(60) == "2026-11-21 12:26  tnt_teashop/shop_bot  dlg_order4711")
    #expect(line(50) == "2026-11-21 12:26  tnt_teashop/shop_bot  dlg_o…4711")
    #expect(line(36) == "2026-11-21 12:26  tnt_teash…shop_bot")
  }

  @Test(arguments: 27...120)
  func `no line is longer than the terminal`(width: Int) {
    #expect(line(width).count <= width)
  }

  @Test func `shortened columns get the room of a column that is left out`() {
    let columns = [TableColumn(title: "A", least: 2), TableColumn(title: "B", least: 4, mayGo: true)]
    var layout = TableLayout(columns, width: 8)
    layout.measure(["123456789", "12345"])
    #expect(layout.widths == [8, nil])
  }

  @Test func `prose is cut at its end, ids in their middle`() {
    #expect(TableColumn(title: "", cut: .end).fitted("data.message is missing", to: 13) == "data.message…")
    #expect(TableColumn(title: "").fitted("6925a0dad2c17786f0c66f2b", to: 11) == "6925a…66f2b")
  }

  @Test func `outside a terminal cells are complete and separated by tabs`() {
    var table = Table(Self.columns, form: .tabSeparated)
    #expect(table.text() == "TIME\tRECIPIENT\tENTITY\tROUTING KEY\n")
  }

  @Test func `only the first page has titles`() throws {
    var table = Table([TableColumn(title: "A"), TableColumn(title: "B")], form: .lines(width: 80))
    _ = try table.add(["1", "2"])
    #expect(table.text() == "A  B\n1  2\n")
    _ = try table.add(["10", "2"])
    #expect(table.text() == "10  2\n")
  }

  @Test func `a narrow terminal gets a block for each row, with everything in full`() throws {
    var table = Table(Self.columns, form: .blocks)
    _ = try table.add(Self.row)
    #expect(
      table.text() == """
        TIME         2026-11-21 12:26
        RECIPIENT    tnt_teashop/shop_bot
        ENTITY       dlg_order4711
        ROUTING KEY  update.dialog.contact.maria.dialogupdate


        """)
  }
}
