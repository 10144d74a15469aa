import BSON
import Maintenance
import Foundation
import Pipeline
import Synchronization
import Updates

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
  private let repairs: Bool
  private let table: Mutex<Table>

  /// With `repairs`, the table says of each difference whether it was repaired.
  init(asJSON: Bool, repairs: Bool) {
    self.asJSON = asJSON
    self.repairs = repairs
    table = Mutex(
      Table(
        [
          TableColumn(title: "DIFFERENCE"), TableColumn(title: "RECIPIENT", least: 12),
          TableColumn(title: "EVENT TYPE", least: 8), TableColumn(title: "EVENT", least: 11),
          TableColumn(title: "UPDATE", least: 11, mayGo: true),
        ] + (repairs ? [TableColumn(title: "REPAIRED")] : []) + [
          TableColumn(title: "DETAIL", least: 12, mayGo: true, cut: .end)
        ]))
  }

  /// Differences that are still there.
  var remaining: Int { state.withLock { $0.differences.values.reduce(0, +) - $0.repaired } }

  /// Prints a difference.
  func add(_ difference: Difference, isRepaired: Bool = false) throws {
    state.withLock { state in
      state.differences[difference.kind.rawValue, default: 0] += 1
      if isRepaired { state.repaired += 1 }
    }
    let isRead =
      try asJSON
      ? writeOutput(difference.json + [UInt8(ascii: "\n")])
      : table.withLock { try $0.add(difference.cells(isRepaired: repairs ? isRepaired : nil)) }
    if !isRead {
      throw Failure(.unavailable, "the differences cannot be written: nobody reads standard output")
    }
  }

  /// Prints the differences that wait for their page to be full.
  func flush() throws {
    status.clear()
    _ = try table.withLock { try $0.flush() }
  }

  /// Adds events that were looked at.
  func add(_ counts: EventAudit.Counts, at position: Double) throws {
    try flush()
    let events = state.withLock { state in
      state.counts += counts
      return state.counts.events
    }
    status.show { "\(grouped(events)) events to \(time(position))" }
  }

  /// Adds users that were looked at.
  func add(users: Int) throws {
    try flush()
    let users = state.withLock { state in
      state.users += users
      return state.users
    }
    status.show { "\(grouped(users)) users" }
  }

  /// What was looked at, and what was found.
  func record(of range: EventRange) -> VerificationRecord {
    let state = state.withLock { $0 }
    return VerificationRecord(
      finishedAt: UpdateClock().now(), seconds: status.elapsed, of: range.tenantId?.string,
      since: range.since,
      until: range.until, events: state.counts.events, updates: state.counts.updates, users: state.users,
      differences: state.differences, repaired: state.repaired)
  }

  /// Says something that stays.
  func say(_ line: String) { status.say(line) }

  /// Says what was looked at, and what was found.
  func finish() throws {
    try flush()
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

extension Difference {
  /// The cells of its row; `isRepaired` is `nil` where nothing is repaired at all.
  fileprivate func cells(isRepaired: Bool?) -> [String] {
    let repaired = isRepaired.map { [$0 ? "yes" : "no"] } ?? []
    return [
      kind.rawValue, "\(tenantId)/\(userId)", eventType, eventId.description, updateId?.description ?? "",
    ] + repaired + [detail]
  }
}
