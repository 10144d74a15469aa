import Pipeline
import Synchronization
import Testing
import Updates

@testable import Operations

/// What the monitor makes of what it hears.
@Suite struct WorkerMonitorTests {
  private let monitor = WorkerMonitor(version: "1.2.3")

  /// The value of a series in the text.
  private func value(_ series: String) -> Double? {
    monitor.metrics(.prometheus).split(separator: "\n").first { $0.hasPrefix(series + " ") }
      .flatMap { Double($0.dropFirst(series.count + 1)) }
  }

  @Test func `a round is counted at its stations`() throws {
    var tally = Tally()
    tally.events = ["message.create": 2, "made.up": 1]
    tally.ignored = ["message.delete": 3]
    tally.badEvents = [.missing: 4]
    let now = monitor.now
    for work in [
      .taken(events: 9, redelivered: 2), .decoded(createdAt: [now - 5000, now - 90_000]),
      .passed(.decode, milliseconds: 2), .planned(recipients: [3, 400]), .publishing(5),
    ] as [Work] { monitor.note(work) }
    #expect(value("updateworker_events_in_hand") == 9)
    #expect(value("updateworker_updates_unconfirmed") == 5)
    #expect(try #require(value("updateworker_lag_seconds")) >= 90)
    for work in [
      .stored([.message: 4], existing: 1), .published([.message: 3], unsendable: 1), .publishingEnded(5),
      .failed(.mark), .acknowledged(events: 4, createdAt: [now - 90_000]),
    ] as [Work] { monitor.note(work) }
    #expect(value("updateworker_events_in_hand") == 5)
    #expect(try #require(value("updateworker_lag_seconds")) < 90)
    for work in [
      .acknowledged(events: 5, createdAt: [now - 5000])
    ] as [Work] { monitor.note(work) }
    monitor.note(.round(tally))
    let due: [(String, Double)] = [
      ("events_received_total", 9), ("events_redelivered_total", 2), ("events_ignored_total", 3),
      ("events_handled_total{event_type=\"message.create\"}", 2), ("events_bad_total{reason=\"missing\"}", 4),
      ("updates_stored_total{update_type=\"MessageUpdate\"}", 4), ("updates_duplicate_total", 1),
      ("updates_published_total{update_type=\"MessageUpdate\"}", 3), ("updates_unsendable_total", 1),
      ("retries_total{station=\"mark\"}", 1), ("events_in_hand", 0), ("updates_unconfirmed", 0),
      ("lag_seconds", 0), ("event_lag_seconds_count", 2), ("event_lag_seconds_bucket{le=\"60.0\"}", 1),
      ("event_recipients_bucket{le=\"5.0\"}", 1), ("event_recipients_sum", 403), ("batch_events_sum", 9),
      ("station_duration_seconds_sum{station=\"decode\"}", 0.002),
    ]
    for (name, count) in due { #expect(value("updateworker_" + name) == count, "\(name)") }
    #expect(!monitor.metrics(.prometheus).contains("made.up"))
    #expect(try #require(value("updateworker_last_batch_timestamp_seconds")) > 1_700_000_000)
    #expect(
      value("updateworker_build_info{version=\"1.2.3\",swift=\"6.2\"}") != nil
        || value("updateworker_build_info{version=\"1.2.3\",swift=\"6.3\"}") != nil)
  }

  @Test func `times that make no sense do no harm`() {
    let times = [.nan, .infinity, -.infinity, -1e300, 1e300]
    monitor.note(.decoded(createdAt: times))
    #expect(value("updateworker_lag_seconds") != nil)
    monitor.note(.acknowledged(events: 5, createdAt: times))
    #expect(value("updateworker_lag_seconds") == 0)
    #expect(value("updateworker_event_lag_seconds_count") == 5)
  }

  @Test func `only a server that comes back counts as reconnected`() {
    func reconnects(_ peer: String) -> Double? { value("updateworker_reconnects_total{peer=\"\(peer)\"}") }
    func connected(_ peer: String) -> Double? { value("updateworker_connected{peer=\"\(peer)\"}") }
    monitor.storeFailed("not there yet")
    monitor.storeAnswered()
    monitor.storeAnswered()
    monitor.lost(.publish, because: "not there yet")
    monitor.connected(.publish)
    #expect([reconnects("mongodb"), reconnects("publish")] == [0, 0])
    #expect([connected("mongodb"), connected("consume"), connected("publish")] == [1, 0, 1])
    monitor.lost(.publish, because: "gone")
    monitor.storeFailed("gone")
    #expect([connected("mongodb"), connected("publish")] == [0, 0])
    #expect(monitor.status.peers["publish"]?.lastError == "gone")
    monitor.connected(.publish)
    monitor.storeAnswered()
    #expect([reconnects("mongodb"), reconnects("consume"), reconnects("publish")] == [1, 0, 1])
  }

  @Test func `why MongoDB fails the rounds is told although it answers what it is asked beside them`() {
    monitor.note(.waiting(for: .mongodb, because: "it takes no inserts"))
    monitor.storeAnswered()
    let told = monitor.status.peers["mongodb"]
    #expect(told?.connected == true && told?.lastError == "it takes no inserts")
  }

  @Test func `a listener hears of every change of the health, once`() {
    let heard = Mutex<[String]>([])
    let monitor = WorkerMonitor(version: "1") { health in
      heard.withLock { $0.append(health.reasons.first?.prefix { $0 != ":" }.description ?? "ready") }
    }
    monitor.storeAnswered()
    monitor.connected(.publish)
    monitor.connected(.consume)
    monitor.consumes(as: .active)
    monitor.note(.ready)
    monitor.note(.idle)
    monitor.note(.taken(events: 1, redelivered: 0))
    monitor.note(.idle)
    monitor.stopping()
    #expect(heard.withLock { $0 }.suffix(2) == ["ready", "the worker is stopping"])
    #expect(heard.withLock { $0 }.filter { $0 == "ready" }.count == 1)
  }

  @Test func `rates are those of the last minute`() {
    var window = RateWindow()
    var counts = RateWindow.Counts()
    for second in 0...200 {
      counts.events = second < 100 ? 0 : (second - 100) * 10
      window.add(counts, at: Double(second))
    }
    #expect(window.rates(counts, at: 200).events == 10)
    // Half of the window lies before the work began.
    var early = RateWindow()
    for second in stride(from: 70, through: 130, by: 10) {
      early.add(RateWindow.Counts(events: max(0, (second - 100) * 10)), at: Double(second))
    }
    #expect(early.rates(RateWindow.Counts(events: 300), at: 130).events == 5)
    #expect(RateWindow().rates(counts, at: 1).events == 0)
  }
}
