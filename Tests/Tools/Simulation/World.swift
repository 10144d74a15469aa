import Pipeline

/// What all parts of one simulated installation share: its time, its chance, its faults and its trace.
///
/// A calm world, for the conformance tests, has no time and no faults: everything happens at once.
///
/// `@unchecked Sendable`: a simulation has one thread, and a calm world is used by one task.
package final class World: @unchecked Sendable {
  /// The moment at which every simulation begins, in microseconds since 1970.
  private static let start: Int64 = 1_763_600_000_000_000
  /// How long a job may have to wait until it runs, in microseconds.
  private static let delay: Int64 = 2000

  let isCalm: Bool
  var chance: Chance
  /// Microseconds since the start.
  private(set) var now: Int64 = 0
  private var timers = TimerQueue()
  private var pending: PendingFaults
  /// Faults that strike at any moment, each after as many more steps.
  private var atHand: [(steps: Int, fault: FaultPlan.Fault)] = []
  /// What happened, line by line; `nil` if nobody wants to know.
  private(set) var trace: [String]?
  /// How often each kind of fault has struck.
  private(set) var struck: [FaultKind: Int] = [:]
  /// When the latest fault struck, or was over.
  private(set) var latestFault: Int64 = 0
  private(set) var steps = 0
  /// Does what a fault that belongs to no operation asks for.
  var strike: (FaultPlan.Fault) -> Void = { _ in }
  /// The first violation, after which nothing counts any more.
  private(set) var violation: Violation?

  init(seed: UInt64, plan: FaultPlan, isTraced: Bool) {
    isCalm = false
    chance = Chance(seed: seed)
    pending = PendingFaults(plan)
    trace = isTraced ? [] : nil
  }

  /// A calm world.
  package init() {
    isCalm = true
    chance = Chance(seed: 0)
    var plan = FaultPlan(&chance)
    plan.faults = []
    pending = PendingFaults(plan)
  }

  /// In microseconds since 1970.
  var wallTime: Int64 { Self.start + now }

  func note(_ words: @autoclosure () -> String) {
    if trace != nil { trace?.append("\(Self.text(now))  \(words())") }
  }

  func violate(_ rule: Violation.Rule, _ words: @autoclosure () -> String) {
    guard violation == nil else { return }
    let found = Violation(rule: rule, words: words(), time: now)
    violation = found
    note("VIOLATION \(found)")
  }

  // MARK: - Time

  /// Does something after a while, given in microseconds.
  func after(_ delay: Int, _ action: @escaping () -> Void) {
    if isCalm { action() } else { timers.add(at: now + Int64(delay), action) }
  }

  func at(_ time: Int64, _ action: @escaping () -> Void) {
    if isCalm { action() } else { timers.add(at: max(time, now), action) }
  }

  /// How long a packet takes, in microseconds.
  func latency() -> Int { chance.below(8) == 0 ? chance.within(1000...20_000) : chance.within(50...800) }

  /// Runs one job of a task, or lets the time jump to the next timer; false when nothing is left to do.
  func step() -> Bool {
    steps += 1
    for index in atHand.indices.reversed() {
      atHand[index].steps -= 1
      if atHand[index].steps < 0 { strike(atHand.remove(at: index).fault) }
    }
    let ready = TaskQueue.count
    // Jobs take no time. Sometimes an answer comes before a job that could have run.
    let isSoon = timers.next.map { $0 < now + Self.delay } ?? false
    if ready > 0, !isSoon || chance.below(8) != 0 {
      TaskQueue.run(ready == 1 ? 0 : chance.below(ready))
      return true
    }
    guard let next = timers.removeFirst() else { return ready > 0 }
    now = next.time
    next.action()
    return true
  }

  /// Forgets everything that was to happen, which breaks all cycles of references.
  func end() {
    timers.removeAll()
    strike = { _ in }
  }

  /// Seconds with six digits.
  static func text(_ time: Int64) -> String {
    let fraction = String(time % 1_000_000)
    return "\(time / 1_000_000).\(String(repeating: "0", count: 6 - fraction.count))\(fraction)"
  }

  // MARK: - Faults

  /// Counts an operation; returns the fault that strikes it.
  func fault(of operation: Operation) -> FaultPlan.Fault? {
    let (own, others) = pending.next(operation)
    for other in others { atHand.append((chance.below(8), other)) }
    if let own { count(own.kind) }
    return own
  }

  /// Notes that a fault has struck, which lasts until `end`.
  func count(_ kind: FaultKind, until end: Int64 = 0) {
    struck[kind, default: 0] += 1
    extendFaults(until: end)
    note("FAULT \(kind.rawValue)")
  }

  /// Notes that a fault has effects until then.
  func extendFaults(until end: Int64) { latestFault = max(latestFault, now, end) }

  /// From now on nothing goes wrong any more.
  func calmDown() {
    pending.removeAll()
    atHand = []
  }
}
