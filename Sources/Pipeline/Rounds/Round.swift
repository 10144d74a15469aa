/// Some updates of some open events, which are stored, published and marked together.
struct Round: Sendable {
  /// In the order in which they are published.
  var entries: [UpdateShipping.Entry] = []
  var byteCount = 0
  /// What it took, with the events as they were before.
  var taken: [(share: RoundSchedule.Share, before: OpenEvent)] = []
  /// The events that are done with it.
  var ending: [Int] = []
  /// How long it took to look up and plan, in milliseconds.
  var preparation = 0.0

  /// Notes that only so many updates of an event, the last one in the round, have found room.
  mutating func shrink(_ event: Int, to updates: Int) {
    guard let index = taken.lastIndex(where: { $0.share.event == event }) else { return }
    taken[index].share = RoundSchedule.Share(event: event, updates: updates)
  }
}
