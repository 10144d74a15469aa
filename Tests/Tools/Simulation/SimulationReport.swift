/// What many seeds have shown.
package struct SimulationReport: Sendable {
  package private(set) var seeds = 0
  package private(set) var events = 0
  package private(set) var updates = 0
  package private(set) var faults: [FaultKind: Int] = [:]
  /// The fewest that one seed had.
  package private(set) var leastEvents = Int.max
  package private(set) var leastFaults = Int.max
  package private(set) var steps = 0
  /// Virtual time, in microseconds.
  package private(set) var time: Int64 = 0
  package private(set) var failures: [(seed: UInt64, violation: Violation)] = []
  /// A hash of all that happened.
  package private(set) var digest: UInt64 = 0

  package init() {}

  package mutating func add(_ outcome: Simulation.Outcome, seed: UInt64) {
    seeds += 1
    events += outcome.events
    updates += outcome.updates
    faults.merge(outcome.faults, uniquingKeysWith: +)
    leastEvents = min(leastEvents, outcome.events)
    leastFaults = min(leastFaults, outcome.faults.values.reduce(0, +))
    steps += outcome.steps
    time += outcome.time
    if let violation = outcome.violation { failures.append((seed, violation)) }
    digest = (digest &* 0x100_0000_01B3) ^ outcome.digest
  }

  /// A table of the faults and the sums.
  package var lines: [String] {
    let width = FaultKind.allCases.map(\.rawValue.count).max() ?? 0
    let rows = FaultKind.allCases.map { kind in
      "  \(kind.rawValue.padded(width))  \(faults[kind, default: 0])"
    }
    return ["faults by kind:"] + rows + [
      "seeds \(seeds), events \(events) (at least \(leastEvents) a seed), updates \(updates), "
        + "faults \(faults.values.reduce(0, +)) (at least \(leastFaults) a seed), steps \(steps), "
        + "\(time / 3_600_000_000) hours of virtual time",
      "digest \(String(digest, radix: 16))",
    ]
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
