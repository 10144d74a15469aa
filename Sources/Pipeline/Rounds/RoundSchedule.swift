package import Updates

/// Which open events go into the next round, and with how many of their updates. Events are known by their numbers,
/// which ascend in the order of arrival.
///
/// Events go in the order of their arrival, and those of one dialog form a line. An event with more updates than a
/// round holds gets a part of each round until it is done. Meanwhile later events of other dialogs pass it in their
/// order, and those of its own dialog wait (spec sections 5 and 7.7).
package struct RoundSchedule: Sendable {
  /// What a round takes of an event.
  package struct Share: Sendable, Equatable {
    package let event: Int
    /// How many of its next updates.
    package let updates: Int

    package init(event: Int, updates: Int) {
      self.event = event
      self.updates = updates
    }
  }

  private struct Entry {
    let event: Int
    /// The dialog; `nil` for an event that no other one has to wait for.
    let line: EntityKey?
    /// How many updates are left, as far as they are known; `nil` before anything is known.
    var rest: Int?
    /// Whether more may follow that are not known yet.
    var hasMore = false
    /// Whether it has more updates than a round holds.
    var isLarge = false
  }

  /// How many large events are under way at once; each has some of its roster in memory.
  private static let mostLarge = 4

  /// In the order of their numbers.
  private var waiting: [Entry] = []
  /// Events of which rounds under way have taken everything.
  private var taken: [Int: Entry] = [:]

  private let letsOthersPass: Bool

  /// - Parameter letsOthersPass: Whether others pass large events. If not, there are no large ones.
  package init(letsOthersPass: Bool = true) {
    self.letsOthersPass = letsOthersPass
  }

  /// Whether rounds have taken everything.
  package var isEmpty: Bool { waiting.isEmpty }

  /// Adds an event, whose number must be higher than all before.
  package mutating func open(_ event: Int, in line: EntityKey?) {
    waiting.append(Entry(event: event, line: line))
  }

  /// Notes what has been found out about the updates of an event that rounds have not taken.
  ///
  /// - Parameters:
  ///   - isLarge: Whether the event has more updates than a round holds. It then remains a large one.
  ///   - hasMore: Whether there may be more than `rest`.
  package mutating func learn(_ event: Int, rest: Int, hasMore: Bool = false, isLarge: Bool = false) {
    guard let index = index(of: event) else { return }
    waiting[index].rest = rest
    waiting[index].hasMore = hasMore
    waiting[index].isLarge = letsOthersPass && (waiting[index].isLarge || isLarge || hasMore)
  }

  /// Whether an open event is known to be a large one.
  package func isLarge(_ event: Int) -> Bool {
    (index(of: event).map { waiting[$0] } ?? taken[event])?.isLarge == true
  }

  /// The events whose turn it is, in order: some large ones, and at most `count` others. What is not known of
  /// them has to be learned before ``takeRound(of:holding:)``.
  package func next(atMost count: Int) -> [Int] {
    var events: [Int] = []
    var (large, others) = (0, 0)
    var blocked: Set<EntityKey> = []
    for entry in waiting {
      if let line = entry.line, blocked.contains(line) { continue }
      if entry.isLarge {
        if large < Self.mostLarge { events.append(entry.event) }
        large += 1
        if let line = entry.line { blocked.insert(line) }
      } else if others < count {
        events.append(entry.event)
        others += 1
      } else if let line = entry.line {
        blocked.insert(line)
      }
    }
    return events
  }

  /// Takes the shares of the next round from these events, of each of which something is known. They are in the order of
  /// the events, except that those of large events come last, so that nobody who passes waits for them within the round.
  /// No later event of their dialogs is in it.
  ///
  /// - Parameter most: How many updates a round holds. Half of them are for large events, if there are any; what one
  ///   kind leaves, the other gets.
  package mutating func takeRound(of events: [Int], holding most: Int) -> [Share] {
    let entries = events.compactMap { event in index(of: event).map { waiting[$0] } }
    var shares: [Int: Int] = [:]
    let large = firstOfTheirLines(entries).filter(\.isLarge).prefix(max(1, most / 2))
    let each = large.isEmpty ? 0 : max(1, most / 2 / large.count)
    let reserved = Dictionary(uniqueKeysWithValues: large.map { ($0.event, min(each, $0.rest ?? 0)) })
    var room = most - reserved.values.reduce(0, +)
    var blocked: Set<EntityKey> = []
    var isFull = false
    for entry in entries {
      guard let rest = entry.rest, !(entry.line.map(blocked.contains) ?? false) else { continue }
      if entry.isLarge {
        shares[entry.event] = reserved[entry.event] ?? 0
      } else if !isFull, room > 0 || rest == 0 {
        let share = min(rest, room)
        shares[entry.event] = share
        room -= share
        isFull = share < rest
      } else {
        isFull = true
      }
      if let line = entry.line, entry.hasMore || shares[entry.event] != rest { blocked.insert(line) }
    }
    for entry in entries where entry.isLarge && room > 0 {
      guard let rest = entry.rest, let share = shares[entry.event], share < rest else { continue }
      let more = min(room, rest - share)
      shares[entry.event] = share + more
      room -= more
    }
    let inOrder = entries.filter { !$0.isLarge } + entries.filter(\.isLarge)
    let round = inOrder.compactMap { entry -> Share? in
      guard let share = shares[entry.event], share > 0 || entry.rest == 0 else { return nil }
      return Share(event: entry.event, updates: share)
    }
    for share in round { take(share) }
    return round
  }

  private func firstOfTheirLines(_ entries: [Entry]) -> [Entry] {
    var lines: Set<EntityKey> = []
    return entries.filter { entry in entry.line.map { lines.insert($0).inserted } ?? true }
  }

  /// Gives back what a round has taken and not done. It is the next that the following rounds take of the event.
  package mutating func putBack(_ share: Share) {
    if let index = index(of: share.event) {
      waiting[index].rest = (waiting[index].rest ?? 0) + share.updates
    } else if var entry = taken.removeValue(forKey: share.event) {
      entry.rest = share.updates
      waiting.insert(entry, at: place(of: share.event))
    }
  }

  /// Forgets what is known of an event that has to be looked up again.
  package mutating func unlearn(_ event: Int) {
    guard let index = index(of: event) else { return }
    waiting[index].rest = nil
    waiting[index].hasMore = false
  }

  /// Takes all that is left of an event, because it turned out to be needless. ``putBack(_:)`` brings the event back.
  package mutating func drop(_ event: Int) {
    guard let index = index(of: event) else { return }
    taken[event] = waiting.remove(at: index)
  }

  /// Forgets an event that needs no more rounds.
  package mutating func close(_ event: Int) {
    taken[event] = nil
    if let index = index(of: event) { waiting.remove(at: index) }
  }

  private mutating func take(_ share: Share) {
    guard let index = index(of: share.event) else { return }
    waiting[index].rest = (waiting[index].rest ?? 0) - share.updates
    if waiting[index].rest == 0, !waiting[index].hasMore {
      taken[share.event] = waiting.remove(at: index)
    }
  }

  private func index(of event: Int) -> Int? {
    let index = place(of: event)
    return index < waiting.count && waiting[index].event == event ? index : nil
  }

  /// Where an event belongs.
  private func place(of event: Int) -> Int {
    var (low, high) = (0, waiting.count)
    while low < high {
      let middle = (low + high) / 2
      if waiting[middle].event < event { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
