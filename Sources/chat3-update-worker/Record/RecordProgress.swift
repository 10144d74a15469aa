import Maintenance
import Synchronization

/// What a recording says on standard error: when it begins, outages, on a terminal a line with counts, and at the end
/// what was recorded and what was missed.
final class RecordProgress: Sendable {
  private let status = StatusLine()
  private let hasState: Bool
  private let hasBegun = Mutex(false)

  init(hasState: Bool) {
    self.hasState = hasState
  }

  func note(_ notice: RecordNotice) {
    switch notice {
    case .ready:
      hasBegun.withLock { $0 = true }
      status.say("recording")
    case .waiting(let reason): status.say("waiting for a server: \(reason)")
    case .recovered(let gap?):
      status.say("recording again; the events of \(gap.inSeconds) s are missing")
    case .recovered(nil): status.say("the servers are back")
    case .progress(let tally):
      status.show {
        "\(grouped(tally.recorded)) events, \(grouped(tally.records.values.reduce(0, +))) records"
      }
    }
  }

  /// Says what it has come to, unless it has never begun.
  func finish(_ tally: RecordTally) {
    guard hasBegun.withLock({ $0 }) else { return }
    var summary = Summary()
    summary.add("events", tally.recorded, tally.events)
    if hasState {
      summary.add("records", tally.records.values.reduce(0, +), tally.records)
      if tally.deletions > 0 { summary.add("deletions", tally.deletions) }
      if tally.unwritableRecords > 0 { summary.add("records left out", tally.unwritableRecords) }
    }
    if tally.passedOver > 0 { summary.add("passed over", tally.passedOver) }
    if !tally.unrecordable.isEmpty {
      let parts = tally.unrecordable.map { ($0.rawValue, $1) }
      summary.add(
        "not recordable", tally.unrecordable.values.reduce(0, +),
        Dictionary(parts) { $0 + $1 })
    }
    if tally.givenUp > 0 { summary.add("given up", tally.givenUp) }
    summary.add(
      "dropped", words: (tally.dropped.isLowerBound ? "at least " : "") + grouped(tally.dropped.count))
    if !tally.gaps.isEmpty {
      let total = tally.gaps.reduce(Duration.zero, +)
      summary.add("gaps", words: "\(grouped(tally.gaps.count))  (\(total.inSeconds) s without a connection)")
    }
    summary.add(seconds: status.elapsed, tally.received, of: "events")
    status.say(summary.text)
  }
}
