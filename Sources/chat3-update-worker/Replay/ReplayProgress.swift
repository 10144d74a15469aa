import Maintenance
import Pipeline
import Synchronization
import Updates

/// What a replay says on standard error: bad lines, a bar on a terminal, and at the end what became of everything.
final class ReplayProgress: Sendable {
  private let total = Mutex(Tally())
  private let status = StatusLine()
  private let totalBytes: Int?

  /// `totalBytes` is the size of all input, `nil` when nobody knows.
  init(totalBytes: Int?) {
    self.totalBytes = totalBytes
  }

  /// Adds what a batch has come to.
  func add(_ tally: Tally, bytesRead: Int) {
    let total = total.withLock { total in
      total += tally
      return total
    }
    status.show {
      let rate = status.elapsed > 0 ? Int(Double(total.totalUpdates) / status.elapsed) : 0
      let counts =
        "\(grouped(total.totalEvents)) events, \(grouped(total.totalUpdates)) updates, \(grouped(rate))/s"
      guard let totalBytes, totalBytes > 0 else { return counts }
      return "\(bar(Double(bytesRead) / Double(totalBytes)))  \(counts)"
    }
  }

  /// Says something in between.
  func interrupt(with line: String) { status.say(line) }

  /// What became of everything so far.
  func record(badLines: Int, isComplete: Bool) -> ReplayRecord {
    ReplayRecord(
      total.withLock { $0 }, badLines: badLines, seconds: status.elapsed, finishedAt: UpdateClock().now(),
      isComplete: isComplete)
  }

  /// Says what became of everything.
  func finish(badLines: Int, isComplete: Bool) {
    let tally = total.withLock { $0 }
    var summary = Summary()
    if !isComplete { summary.add("The replay was cut off; the same command completes it. So far:") }
    summary.add("events", tally.events.values.reduce(0, +), tally.events)
    summary.add("updates", tally.totalUpdates, tally.updates.byName)
    if tally.alreadyStored > 0 || tally.handledBefore > 0 {
      summary.add("already stored", tally.alreadyStored)
    }
    if tally.published > 0 { summary.add("published", tally.published) }
    if tally.unsendable > 0 { summary.add("not publishable", tally.unsendable) }
    summary.add("ignored", tally.ignored.values.reduce(0, +), tally.ignored)
    summary.add("bad", badLines)
    summary.add(seconds: status.elapsed, tally.totalUpdates, of: "updates")
    status.say(summary.text)
  }
}

extension [UpdateType: Int] {
  /// The same with the types' names.
  var byName: [String: Int] {
    Dictionary<String, Int>(uniqueKeysWithValues: map { ($0.key.rawValue, $0.value) })
  }
}
