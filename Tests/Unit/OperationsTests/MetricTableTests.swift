import CoreMetrics
import Foundation
import Pipeline
import TestKit
import Testing
import Updates

@testable import Operations

/// The table of families, the specification's table, and the page that shows it.
@Suite struct MetricTableTests {
  /// The table of the specification: name without prefix, kind, label.
  private static let specified: [(String, String, String)] = [
    ("events_received_total", "counter", ""), ("events_redelivered_total", "counter", ""),
    ("events_ignored_total", "counter", ""), ("events_handled_total", "counter", "event_type"),
    ("events_bad_total", "counter", "reason"), ("updates_stored_total", "counter", "update_type"),
    ("updates_published_total", "counter", "update_type"), ("updates_duplicate_total", "counter", ""),
    ("updates_unsendable_total", "counter", ""), ("updates_swept_total", "counter", ""),
    ("publish_nacks_total", "counter", ""), ("retries_total", "counter", "station"),
    ("reconnects_total", "counter", "peer"), ("connected", "gauge", "peer"), ("active", "gauge", ""),
    ("publishing_blocked", "gauge", ""), ("events_in_hand", "gauge", ""),
    ("updates_unconfirmed", "gauge", ""),
    ("lag_seconds", "gauge", ""), ("queue_messages", "gauge", ""), ("queue_consumers", "gauge", ""),
    ("dead_letters", "gauge", ""), ("updates_unpublished", "gauge", ""),
    ("last_batch_timestamp_seconds", "gauge", ""), ("event_lag_seconds", "histogram", ""),
    ("station_duration_seconds", "histogram", "station"), ("event_recipients", "histogram", ""),
    ("batch_events", "histogram", ""),
  ]

  @Test func `the table has exactly the families of the specification`() {
    let made = MetricFamily.ofWork.map { ($0.name, $0.kind.word, $0.labels.joined(separator: " ")) }
    #expect(made.count == Self.specified.count)
    for (own, due) in zip(made, Self.specified) {
      #expect(own == ("updateworker_" + due.0, due.1, due.2))
    }
    #expect(
      MetricFamily.ofProcess.map(\.name) == [
        "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_max_fds",
        "process_start_time_seconds",
      ])
  }

  @Test func `labels have the values of the specification and no others`() {
    func values(_ family: MetricFamily) -> [String] { family.series.map { $0.joined() } }
    #expect(values(.connected) == ["mongodb", "consume", "publish"])
    #expect(values(.retries) == ["decode", "resolve", "plan", "store", "publish", "mark", "acknowledge"])
    #expect(values(.eventsHandled).count == 14)
    #expect(values(.updatesStored).count == 6)
    for family in MetricFamily.ofWork {
      #expect(!family.help.isEmpty)
      #expect(Set(family.series).count == family.series.count)
      if case .histogram(let bounds) = family.kind { #expect(bounds == Array(Set(bounds)).sorted()) }
    }
    guard case .histogram(let bounds) = MetricFamily.eventLag.kind else {
      Issue.record("the lag is no histogram")
      return
    }
    #expect(bounds.first == 0.01)
    #expect(bounds.last == 3600)
  }

  @Test func `docs/metrics.md shows the table`() throws {
    let families = MetricFamily.ofWork + [.buildInfo(version: "…", swift: "…")] + MetricFamily.ofProcess
    let rows = families.map { family in
      "| `\(family.name)` | \(family.kind.word) | \(family.labels.map { "`\($0)`" }.joined(separator: ", ")) | "
        + "\(family.help) |"
    }
    let page = try String(contentsOf: Repository.file("docs/metrics.md"), encoding: .utf8)
    let shown = page.split(separator: "\n").filter { $0.hasPrefix("| `") && $0.contains("_") }
      .filter { $0.contains("updateworker_") || $0.contains("process_") }.map(String.init)
    #expect(shown == rows, "the page should have:\n\(rows.joined(separator: "\n"))")
  }
}
