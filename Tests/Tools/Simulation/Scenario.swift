import Pipeline

/// Everything that is drawn from a seed before a simulation begins.
package struct Scenario: Sendable {
  /// An event that is sent.
  struct Sent: Sendable {
    /// Its number in the library.
    let event: Int
    /// The time since the event before it, in microseconds.
    let gap: Int
  }

  package let seed: UInt64
  package let workers: Int
  /// Whether only one of the workers at a time takes events.
  let isExclusive: Bool
  var traffic: [Sent] = []
  /// How many of them were sent before.
  let repeated: Int
  var plan: FaultPlan
  let limits: PipelineLimits
  let prefetch: Int
  /// Of the sweeps, in microseconds.
  let sweepInterval: Int
  let sweepAge: Int

  package init(seed: UInt64, workers wanted: Int?, library: Library) {
    var chance = Chance(seed: seed)
    self.seed = seed
    let drawn = chance.pick([1, 1, 1, 1, 1, 2, 2, 3])
    workers = wanted ?? drawn
    isExclusive = chance.percent(30)
    plan = FaultPlan(&chance)
    var limits = PipelineLimits()
    limits.openEvents = chance.within(3...14)
    // Few enough that the larger dialogs are handled page by page, in a part of the seeds.
    let most = chance.percent(30) ? chance.within(3...10) : chance.within(20...80)
    limits.updatesPerRound = chance.within(most / 2...most)...most
    self.limits = limits
    prefetch = limits.openEvents + chance.below(6)
    sweepInterval = chance.within(2_000_000...60_000_000)
    sweepAge = chance.within(1_000_000...60_000_000)
    var numbers = Array(0..<library.count)
    var repeated = 0
    for index in 0..<chance.within(200...220) {
      let gap = Self.gap(&chance)
      if index > 0, chance.percent(2) {
        repeated += 1
        traffic.append(Sent(event: traffic[chance.below(index)].event, gap: gap))
      } else {
        let other = chance.within(index...numbers.count - 1)
        numbers.swapAt(index, other)
        traffic.append(Sent(event: numbers[index], gap: gap))
      }
    }
    self.repeated = repeated
  }

  /// How many events are sent.
  package var eventCount: Int { traffic.count }
  /// How many faults are planned.
  package var faultCount: Int { plan.faults.count }

  private static func gap(_ chance: inout Chance) -> Int {
    switch chance.below(20) {
    case 0: chance.within(500_000...3_000_000)
    case 1: chance.within(20_000...200_000)
    default: chance.below(300)
    }
  }
}
