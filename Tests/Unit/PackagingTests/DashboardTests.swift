import CommandHarness
import MonitoringFiles
import Testing

/// `operations/dashboard.json`: Grafana itself is not at hand, so its structure is checked.
@Suite struct DashboardTests {
  @Test func `every expression of the dashboard is valid PromQL`() throws {
    let command = try Command()
    let expressions = try Dashboard().panels.flatMap { $0.targets ?? [] }.map(\.expr)
    #expect(expressions.count > 30)
    var rules = "groups:\n  - name: dashboard\n    rules:\n"
    for (number, expression) in expressions.enumerated() {
      let filled = expression.replacing("$__rate_interval", with: "1m").replacing("'", with: "''")
      rules += "      - record: panel:number\(number)\n        expr: '\(filled)'\n"
    }
    let checked = try command.run("promtool", ["check", "rules", try command.write("rules.yaml", rules)])
    #expect(checked.status == 0, "\(checked.errors)")
  }

  @Test func `panels have ids of their own and do not overlap`() throws {
    let panels = try Dashboard().panels
    #expect(Set(panels.map(\.id)).count == panels.count)
    var taken: Set<[Int]> = []
    for panel in panels {
      let place = panel.gridPos
      #expect(place.x + place.w <= 24)
      for x in place.x..<place.x + place.w {
        for y in place.y..<place.y + place.h {
          #expect(taken.insert([x, y]).inserted, "\(panel.title) lies on another panel")
        }
      }
    }
  }
}
