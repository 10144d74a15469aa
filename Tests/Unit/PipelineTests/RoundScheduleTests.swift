import Pipeline
import SpecModel
import TestTraits
import Testing
import Updates

/// Which open events go into the next round.
@Suite(.bounded) struct RoundScheduleTests {
  private typealias Share = RoundSchedule.Share

  private func line(_ name: String) -> EntityKey {
    EntityKey(tenantId: Identifier("t"), id: Identifier(name))
  }

  /// A schedule in which everything is known: per event its line and its updates. Those with more than `most` are large.
  private func schedule(
    _ events: [(line: String?, updates: Int)], most: Int, letsOthersPass: Bool = true
  ) -> RoundSchedule {
    var schedule = RoundSchedule(letsOthersPass: letsOthersPass)
    for (index, event) in events.enumerated() {
      schedule.open(index + 1, in: event.line.map(line))
      schedule.learn(index + 1, rest: event.updates, isLarge: event.updates > most)
    }
    return schedule
  }

  private func round(_ schedule: inout RoundSchedule, most: Int) -> [Share] {
    schedule.takeRound(of: schedule.next(atMost: 300), holding: most)
  }

  @Test func `events share a round in the order of their arrival`() {
    var schedule = schedule([("d", 3), ("e", 2), ("d", 4), (nil, 1)], most: 10)
    #expect(round(&schedule, most: 10).map(\.event) == [1, 2, 3, 4])
    #expect(schedule.isEmpty)
  }

  @Test func `an event for which there is not enough room goes on in the next round, and nothing passes it`()
  {
    var schedule = schedule([("d", 6), ("e", 6), ("f", 1)], most: 10)
    #expect(round(&schedule, most: 10) == [Share(event: 1, updates: 6), Share(event: 2, updates: 4)])
    #expect(round(&schedule, most: 10) == [Share(event: 2, updates: 2), Share(event: 3, updates: 1)])
  }

  @Test func `§7.7 a large event gets half of each round while others come, and its own dialog waits`() {
    var schedule = schedule([("large", 25), ("large", 1), ("d", 3), ("e", 9)], most: 10)
    #expect(
      round(&schedule, most: 10) == [
        Share(event: 3, updates: 3), Share(event: 4, updates: 2), Share(event: 1, updates: 5),
      ])
    #expect(round(&schedule, most: 10) == [Share(event: 4, updates: 5), Share(event: 1, updates: 5)])
    #expect(round(&schedule, most: 10) == [Share(event: 4, updates: 2), Share(event: 1, updates: 8)])
    #expect(round(&schedule, most: 10) == [Share(event: 1, updates: 7)])
    #expect(round(&schedule, most: 10) == [Share(event: 2, updates: 1)])
    #expect(schedule.isEmpty)
  }

  @Test func `whoever passes a large event comes before it in a round`() {
    var schedule = schedule([("large", 1), ("large", 12), ("e", 1), (nil, 1)], most: 10)
    #expect(round(&schedule, most: 10).map(\.event) == [1, 3, 4, 2])
    schedule.open(5, in: line("e"))
    schedule.learn(5, rest: 1)
    #expect(round(&schedule, most: 10).map(\.event) == [5, 2])
  }

  @Test func `several large events share their half, and only some are under way at once`() {
    var schedule = schedule((1...6).map { ("d\($0)", 100) } + [("small", 1)], most: 16)
    let shares = round(&schedule, most: 16)
    #expect(shares.map(\.event) == [7, 1, 2, 3, 4])
    #expect(shares.reduce(0) { $0 + $1.updates } == 16)
    #expect(shares.allSatisfy { $0.event == 7 || $0.updates >= 2 })
  }

  @Test func `an event of which more may follow keeps its dialog waiting`() {
    var schedule = RoundSchedule()
    schedule.open(1, in: line("d"))
    schedule.open(2, in: line("d"))
    schedule.learn(1, rest: 4, hasMore: true)
    schedule.learn(2, rest: 1)
    #expect(round(&schedule, most: 10) == [Share(event: 1, updates: 4)])
    #expect(schedule.next(atMost: 300) == [1])
    schedule.learn(1, rest: 0)
    #expect(schedule.next(atMost: 300) == [1])
    #expect(round(&schedule, most: 10).map(\.event) == [1])
    #expect(schedule.next(atMost: 300) == [2])
  }

  @Test func `what comes back is the next to be taken`() {
    var schedule = schedule([("d", 4), ("e", 4), ("f", 4)], most: 8)
    let first = round(&schedule, most: 8)
    #expect(round(&schedule, most: 8) == [Share(event: 3, updates: 4)])
    for share in first.reversed() { schedule.putBack(share) }
    #expect(round(&schedule, most: 8) == first)
  }

  @Test func `what is dropped can come back, and what is closed cannot`() {
    var schedule = schedule([("d", 4), ("e", 4)], most: 3)
    let share = round(&schedule, most: 3)[0]
    schedule.drop(share.event)
    #expect(schedule.next(atMost: 300) == [2])
    schedule.putBack(share)
    #expect(schedule.next(atMost: 300) == [1, 2])
    schedule.close(1)
    schedule.putBack(share)
    #expect(schedule.next(atMost: 300) == [2])
  }

  @Test func `an event without updates is done with the next round`() {
    var schedule = schedule([("large", 90), (nil, 0)], most: 10)
    #expect(round(&schedule, most: 10) == [Share(event: 2, updates: 0), Share(event: 1, updates: 10)])
  }

  @Test func `where nobody passes, events come strictly one after the other`() {
    var schedule = schedule([("large", 25), ("d", 3)], most: 10, letsOthersPass: false)
    var shares: [Share] = []
    while !schedule.isEmpty { shares += round(&schedule, most: 10) }
    #expect(shares.map(\.event) == [1, 1, 1, 2])
  }

  /// Plays random events and failures, and looks at every round.
  @Test(arguments: 1...100)
  func `in any order of arrivals and failures every event is done, in its line's order, and nothing starves`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    let most = number(2...40)
    var schedule = RoundSchedule()
    var unseen = (1...80).map { event in
      (event: event, line: number(0...4) == 0 ? nil : "d\(number(1...6))", updates: number(0...most * 3))
    }
    var open: [Int: (line: String?, updates: Int)] = [:]
    var taken: [Int: Int] = [:]
    var order: [Int] = []
    var rounds = 0
    while !unseen.isEmpty || !schedule.isEmpty {
      for _ in 0..<min(unseen.count, number(0...8)) {
        let next = unseen.removeFirst()
        open[next.event] = (next.line, next.updates)
        schedule.open(next.event, in: next.line.map(line))
        schedule.learn(next.event, rest: next.updates, isLarge: next.updates > most)
      }
      let turn = schedule.next(atMost: number(1...20))
      let shares = schedule.takeRound(of: turn, holding: most)
      #expect(shares.reduce(0) { $0 + $1.updates } <= most + 3, "a round is bounded")
      let events = shares.map(\.event).sorted()
      #expect(
        shares.map(\.event) == events.filter { !schedule.isLarge($0) }
          + events.filter { schedule.isLarge($0) })
      rounds += 1
      if !turn.isEmpty { #expect(!shares.isEmpty, "each round gets on") }
      if number(0...9) == 0 {
        for share in shares.reversed() { schedule.putBack(share) }
        continue
      }
      for share in shares {
        let before = order.last { $0 != share.event && open[$0]?.line == open[share.event]?.line }
        if open[share.event]?.line != nil, let before { #expect(before < share.event, "the order of a line") }
        taken[share.event, default: 0] += share.updates
        order.append(share.event)
      }
      // Among those that are not large nobody passes.
      let small = shares.map(\.event).filter { !schedule.isLarge($0) }
      if let first = small.first {
        let passed = order.dropLast(shares.count).filter { !schedule.isLarge($0) && $0 > first }
        let waits = open.filter { $0.value.line == open[first]?.line && schedule.isLarge($0.key) }
        if waits.isEmpty { #expect(passed.isEmpty, "event \(first) was passed by \(passed)") }
      }
      try #require(rounds < 4000, "nothing starves")
    }
    #expect(taken == open.mapValues(\.updates))
  }
}
