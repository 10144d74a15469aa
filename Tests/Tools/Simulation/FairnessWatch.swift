import BSON
import Updates

/// Counts the rounds for which an open event of one worker waits (spec section 7.7): the oldest one gets on in every few
/// rounds, so that nobody starves; and one with few updates, which waits neither for another of its dialog nor for others
/// that came before, is in one of the next two rounds, however large those are that are under way.
final class FairnessWatch {
  /// How many rounds may pass without the oldest event: two are under way when its last updates are marked.
  private static let mostWithoutOldest = 5

  private struct Waiting {
    /// Whether a round had some of its updates.
    var hasBegun = false
    /// Rounds that were stored without it since it is the oldest.
    var roundsAsOldest = 0
    /// Since no other event of its dialog is open before it: rounds that were stored without it, and how many it has to
    /// let go first.
    var rounds: (without: Int, most: Int)?
  }

  private let library: Library
  private let world: World
  /// The sizes that a round may have.
  private let sizes: ClosedRange<Int>
  /// By the tags of the deliveries.
  private var waiting: [UInt64: Waiting] = [:]
  private var failures = 0

  init(_ world: World, library: Library, sizes: ClosedRange<Int>) {
    (self.world, self.library, self.sizes) = (world, library, sizes)
  }

  /// Notes that a round is about to be stored.
  ///
  /// - Parameters:
  ///   - events: The identities of the events whose updates it has.
  ///   - inHand: What the worker has in hand, in the order in which it was handed out.
  ///   - failures: How many of the worker's calls have failed so far. What has failed is tried again, so nothing is
  ///     counted across a failure.
  func willStore(
    _ events: Set<ObjectId>, inHand: [(tag: UInt64, entry: SimulatedBroker.Entry, time: Int64)], failures: Int
  ) {
    let numbers = Set(events.compactMap(library.number(ofIdentity:)))
    let open = inHand.map { (tag: $0.tag, event: library.event($0.entry.event)) }
    if failures != self.failures { waiting = [:] }
    self.failures = failures
    // The second occurrence of an event waits for the first, and what came after it waits with it.
    if Set(open.map(\.event.number)).count < open.count { return waiting = [:] }
    var now: [UInt64: Waiting] = [:]
    var lines: Set<Int> = []
    var ahead = 0
    for (place, (tag, event)) in open.enumerated() {
      var waits = waiting[tag] ?? Waiting()
      let takesPart = numbers.contains(event.number)
      waits.hasBegun = waits.hasBegun || takesPart
      waits.roundsAsOldest = takesPart || place > 0 ? 0 : waits.roundsAsOldest + 1
      if event.dialogLine.map({ lines.insert($0).inserted }) ?? true {
        waits.rounds = waits.rounds.map { ($0.without + 1, $0.most) } ?? (1, 2 + ahead)
      }
      judge(event, waits)
      now[tag] = waits
      // One that fits into half a round holds up one at most. One that is larger than a round holds one up until that is
      // found out, and then leaves half of each.
      ahead += isSmall(event) || event.slots.count > sizes.upperBound ? 1 : 3
    }
    waiting = now
  }

  private func isSmall(_ event: Library.Event) -> Bool { event.slots.count <= sizes.lowerBound / 2 }

  private func judge(_ event: Library.Event, _ waits: Waiting) {
    if waits.roundsAsOldest > Self.mostWithoutOldest {
      world.violate(.starved, "event \(event.number), the oldest, in \(waits.roundsAsOldest) rounds")
    }
    // In some versions of the state it may have no updates.
    let isDue = event.slots.contains { $0.dueIn.nonzeroBitCount == library.versions.count }
    if isDue, isSmall(event), !waits.hasBegun, let rounds = waits.rounds, rounds.without > rounds.most {
      world.violate(
        .starved,
        "event \(event.number) has \(event.slots.count) updates and was in none of \(rounds.without) rounds")
    }
  }
}
