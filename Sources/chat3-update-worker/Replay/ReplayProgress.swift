import Foundation
import Pipeline
import Synchronization
import Updates

/// What a replay says on standard error: bad lines, a bar on a terminal, and at the end what became of everything.
final class ReplayProgress: Sendable {
  private struct State {
    var tally = Tally()
    var bytesRead = 0
    var lastDrawn: ContinuousClock.Instant?
    var barIsShown = false
  }

  private let state = Mutex(State())
  private let started = ContinuousClock.now
  private let totalBytes: Int?
  private let isTerminal = isatty(STDERR_FILENO) == 1

  /// `totalBytes` is the size of all input, `nil` when nobody knows.
  init(totalBytes: Int?) {
    self.totalBytes = totalBytes
  }

  /// Adds what a batch has come to.
  func add(_ tally: Tally, bytesRead: Int) {
    state.withLock { state in
      state.tally += tally
      state.bytesRead = bytesRead
      guard isTerminal else { return }
      let now = ContinuousClock.now
      if let last = state.lastDrawn, now - last < .milliseconds(100) { return }
      state.lastDrawn = now
      state.barIsShown = true
      write("\r\u{1B}[K" + bar(state))
    }
  }

  /// Says something in between.
  func interrupt(with line: String) {
    state.withLock { state in
      write((state.barIsShown ? "\r\u{1B}[K" : "") + line + "\n")
      state.barIsShown = false
    }
  }

  /// Says what became of everything.
  func finish(badLines: Int, isComplete: Bool) {
    state.withLock { state in
      if state.barIsShown { write("\r\u{1B}[K") }
      let seconds = elapsed
      var lines: [String] = []
      func add(_ label: String, _ count: Int, _ parts: [String: Int] = [:]) {
        let named = parts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map {
          "\($0.value) \(printable($0.key))"
        }
        lines.append(
          label.padding(toLength: 16, withPad: " ", startingAt: 0) + grouped(count)
            + (named.isEmpty ? "" : "  (\(named.joined(separator: ", ")))"))
      }
      let tally = state.tally
      if !isComplete { lines.append("The replay was cut off; the same command completes it. So far:") }
      add("events", tally.events.values.reduce(0, +), tally.events)
      add(
        "updates", tally.totalUpdates,
        Dictionary(uniqueKeysWithValues: tally.updates.map { ($0.key.rawValue, $0.value) }))
      if tally.alreadyStored > 0 || tally.handledBefore > 0 { add("already stored", tally.alreadyStored) }
      if tally.published > 0 { add("published", tally.published) }
      if tally.unsendable > 0 { add("not publishable", tally.unsendable) }
      add("ignored", tally.ignored.values.reduce(0, +), tally.ignored)
      add("bad", badLines)
      let rate = seconds > 0 ? Double(tally.totalUpdates) / seconds : 0
      lines.append(
        "took".padding(toLength: 16, withPad: " ", startingAt: 0)
          + "\(String(format: "%.2f", seconds)) s  (\(grouped(Int(rate))) updates/s)")
      write(lines.joined(separator: "\n") + "\n")
    }
  }

  private var elapsed: Double {
    let duration = (ContinuousClock.now - started).components
    return Double(duration.seconds) + Double(duration.attoseconds) / 1e18
  }

  private func bar(_ state: State) -> String {
    let rate = elapsed > 0 ? Int(Double(state.tally.totalUpdates) / elapsed) : 0
    let counts =
      "\(grouped(state.tally.totalEvents)) events, \(grouped(state.tally.totalUpdates)) updates, \(grouped(rate))/s"
    guard let totalBytes, totalBytes > 0 else { return counts }
    let done = min(1, Double(state.bytesRead) / Double(totalBytes))
    let filled = Int(done * 24)
    return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: 24 - filled))] "
      + "\(Int(done * 100)) %  \(counts)"
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}

/// A count with its thousands apart.
private func grouped(_ number: Int) -> String {
  var text = ""
  for (index, digit) in String(number).reversed().enumerated() {
    if index > 0, index % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return String(text.reversed())
}
