import Maintenance
import Foundation
import Pipeline
import Synchronization

/// What a verification says: each difference on standard output, the rest on standard error.
final class VerifyReport: Sendable {
  private struct State {
    var counts = EventAudit.Counts()
    var users = 0
    var differences: [String: Int] = [:]
    var repaired = 0
  }

  private let state = Mutex(State())
  private let status = StatusLine(plainPause: .seconds(10))
  private let asJSON: Bool

  init(asJSON: Bool) {
    self.asJSON = asJSON
  }

  /// Differences that are still there.
  var remaining: Int { state.withLock { $0.differences.values.reduce(0, +) - $0.repaired } }

  /// Prints a difference.
  func add(_ difference: Difference, isRepaired: Bool = false) throws {
    state.withLock { state in
      state.differences[difference.kind.rawValue, default: 0] += 1
      if isRepaired { state.repaired += 1 }
    }
    let line =
      asJSON
      ? difference.json : Array((difference.text + (isRepaired ? "  repaired" : "")).utf8)
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(line + [UInt8(ascii: "\n")]))
    } catch {
      throw Failure(
        .unavailable, "the differences cannot be written to standard output: \(error.localizedDescription)")
    }
  }

  /// Adds events that were looked at.
  func add(_ counts: EventAudit.Counts, at position: Double) {
    let events = state.withLock { state in
      state.counts += counts
      return state.counts.events
    }
    status.show { "\(grouped(events)) events to \(time(position))" }
  }

  /// Adds users that were looked at.
  func add(users: Int) {
    let users = state.withLock { state in
      state.users += users
      return state.users
    }
    status.show { "\(grouped(users)) users" }
  }

  /// Says what was looked at, and what was found.
  func finish() {
    let state = state.withLock { $0 }
    var summary = Summary()
    summary.add("events", state.counts.events)
    summary.add("ignored", state.counts.ignored)
    if state.counts.bad > 0 { summary.add("bad", state.counts.bad) }
    summary.add("updates", state.counts.updates)
    if state.counts.foreign > 0 { summary.add("not by this one", state.counts.foreign) }
    if state.counts.unsendable > 0 { summary.add("not publishable", state.counts.unsendable) }
    summary.add("users", state.users)
    summary.add("differences", state.differences.values.reduce(0, +), state.differences)
    if state.repaired > 0 { summary.add("repaired", state.repaired) }
    summary.add(seconds: status.elapsed, state.counts.events, of: "events")
    status.say(summary.text)
  }
}
