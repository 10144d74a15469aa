import Maintenance
import Support
import Pipeline
import Synchronization
import Updates

/// What a backfill says on standard error: a bar on a terminal, elsewhere a line now and then; bad events; at the end what
/// became of everything.
final class BackfillProgress: Sendable {
  private struct State {
    var tally = Tally()
    var counts = BackfillStore.Counts()
    var badEvents: Set<String> = []
    var bounds: ClosedRange<Double>?
  }

  private let state = Mutex(State())
  private let status = StatusLine(plainPause: .seconds(10))
  private let isDryRun: Bool

  init(isDryRun: Bool) {
    self.isDryRun = isDryRun
  }

  /// Takes the times of the first and the last event, in milliseconds since 1970.
  func begin(_ bounds: ClosedRange<Double>?) {
    state.withLock { $0.bounds = bounds }
  }

  /// How many bad events there were.
  var badEvents: Int { state.withLock { $0.badEvents.count } }

  /// Reports a bad event, once.
  func report(_ event: String, _ error: BadEvent) {
    guard state.withLock({ $0.badEvents.insert(event).inserted }) else { return }
    status.say("event \(event): \(printable(error.description))")
  }

  /// Hears what the worker has to tell, and what the store has counted.
  func note(_ notice: WorkerNotice, _ counts: BackfillStore.Counts) {
    switch notice {
    case .waiting(_, let reason): status.say("waiting for a server: \(reason)")
    case .recovered: status.say("the servers are back")
    case .unsendable(let update): status.say("update \(update.id) is not published: \(update.reason)")
    case .round(let tally):
      state.withLock { state in
        state.tally += tally
        state.counts = counts
      }
    case .ready: break
    }
  }

  /// Shows how far it has come: to events of this time.
  func show(_ position: Double) {
    let (events, missing, fraction) = state.withLock { state in
      let bounds = state.bounds ?? position...position
      let length = bounds.upperBound - bounds.lowerBound
      let fraction = length > 0 ? (position - bounds.lowerBound) / length : 1
      return (state.tally.totalEvents, state.counts.totalMissing, fraction)
    }
    status.show {
      "\(bar(fraction))  \(grouped(events)) events to \(time(position)), \(grouped(missing)) updates "
        + (isDryRun ? "missing" : "made")
    }
  }

  /// Says what became of everything; `remedy` says how to go on, where that is needed.
  func finish(_ counts: BackfillStore.Counts, remedy: String?) {
    let (tally, badEvents) = state.withLock { ($0.tally, $0.badEvents.count) }
    var summary = Summary()
    summary.add("events", tally.events.values.reduce(0, +), tally.events)
    summary.add(isDryRun ? "missing" : "updates made", counts.totalMissing, counts.missing.byName)
    summary.add("already stored", counts.present)
    if counts.unpublished > 0 { summary.add("never confirmed", counts.unpublished) }
    if counts.joinedLater > 0 { summary.add("joined later", counts.joinedLater) }
    if !isDryRun { summary.add("published", tally.published) }
    if tally.unsendable > 0 { summary.add("not publishable", tally.unsendable) }
    summary.add("ignored", tally.ignored.values.reduce(0, +), tally.ignored)
    summary.add("bad", badEvents)
    summary.add(seconds: status.elapsed, tally.totalEvents, of: "events")
    if let remedy { summary.add(remedy) }
    status.say(summary.text)
  }
}
