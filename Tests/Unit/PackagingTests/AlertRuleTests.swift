import CommandHarness
import Foundation
import MonitoringFiles
import TestKit
import Testing
import TestTraits

/// `operations/alerts.yaml`: the rules do what they say, and tell where to read on.
@Suite(.bounded) struct AlertRuleTests {
  private func promtool(_ arguments: String...) throws -> CommandResult {
    try Command().run(
      "/bin/sh",
      ["-c", "cd \"$1\" && shift && promtool \"$@\"", "sh", Repository.file("operations").path] + arguments)
  }

  @Test func `Prometheus takes the rules and the example of its configuration`() throws {
    let checked = try promtool("check", "config", "prometheus.yaml")
    #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
  }

  @Test func `every alert fires beyond its threshold and after its time, and not before`() throws {
    let tested = try promtool("test", "rules", "alerts.test.yaml")
    #expect(tested.status == 0, "\(tested.output)\(tested.errors)")
  }

  @Test func `there is an alert for each fault that the specification names, and a test for each`() throws {
    let names = Set(try AlertRule.all().map(\.alert))
    #expect(
      names
        == Set(
          [
            "Down", "Lag", "Stalled", "NoConsumer", "PeerAway", "Blocked", "RedeliveryStorm", "DeadLetters",
            "Unpublished", "Unsendable",
          ].map { "UpdateWorker\($0)" }))
    let tests = try String(contentsOf: Repository.file("operations/alerts.test.yaml"), encoding: .utf8)
    for name in names { #expect(tests.contains("alertname: \(name)\n"), "no test of \(name)") }
  }

  @Test func `every alert says how bad it is, what has happened, and which section of the runbook helps`()
    throws
  {
    let document = try String(contentsOf: Repository.file("docs/operating.md"), encoding: .utf8)
    for rule in try AlertRule.all() {
      #expect(["critical", "warning"].contains(rule.labels["severity"]), "\(rule.alert)")
      for annotation in ["summary", "description"] {
        #expect(rule.annotations[annotation]?.isEmpty == false, "\(rule.alert) has no \(annotation)")
      }
      #expect(rule.annotations["runbook_url"] == "docs/operating.md#\(rule.alert.lowercased())")
      let section = try #require(
        document.components(separatedBy: "\n### \(rule.alert)\n").dropFirst().first?
          .components(separatedBy: "\n#").first, "docs/operating.md has no section \(rule.alert)")
      for part in ["**Means:**", "**Look first:**", "**Do:**", "**Over when:**"] {
        #expect(section.contains(part), "the section \(rule.alert) lacks \(part)")
      }
    }
  }
}
