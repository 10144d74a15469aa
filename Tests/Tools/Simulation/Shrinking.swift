/// Makes a failing scenario smaller: leaves out faults and events as long as the same property does not hold.
package struct Shrinking {
  private static let mostRuns = 2000

  private let library: Library
  private let rule: Violation.Rule
  private var runs = 0

  /// The smallest failing scenario so far.
  package private(set) var scenario: Scenario

  package init(_ scenario: Scenario, rule: Violation.Rule, library: Library) {
    self.scenario = scenario
    self.rule = rule
    self.library = library
  }

  package mutating func run() {
    var before = 0
    repeat {
      before = scenario.traffic.count + scenario.plan.faults.count
      shrink(\.plan.faults)
      shrink(\.traffic)
    } while scenario.traffic.count + scenario.plan.faults.count < before && runs < Self.mostRuns
  }

  /// Leaves out runs of elements, first long ones, then single ones.
  private mutating func shrink<Element>(_ part: WritableKeyPath<Scenario, [Element]>) {
    var length = max(1, scenario[keyPath: part].count / 2)
    while true {
      var start = 0
      while start < scenario[keyPath: part].count, runs < Self.mostRuns {
        var smaller = scenario
        let end = min(start + length, smaller[keyPath: part].count)
        smaller[keyPath: part].removeSubrange(start..<end)
        runs += 1
        if Simulation(smaller, library: library).run().violation?.rule == rule {
          scenario = smaller
        } else {
          start += length
        }
      }
      if length == 1 { return }
      length /= 2
    }
  }
}
