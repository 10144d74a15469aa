import BSON
import Updates

/// What a viewer of the live page has yet to be shown, as a pure value: the latest updates, and how many were left out.
///
/// An update comes twice where both ends are followed: from the store and from the exchange. It is shown again only when
/// that says more than before, which is that it is published, and it is never counted twice.
struct LiveBuffer {
  /// The most updates that wait; the oldest make room.
  static let mostUpdates = 100
  /// The most bytes of updates that wait, unless a single one is larger.
  static let mostBytes = 4 << 20
  /// So many of the last updates are known again.
  private static let longestMemory = 10_000

  private struct Entry {
    let update: StoredUpdate
    /// Whether it counts as skipped when it is left out: it was neither shown nor told to be skipped before.
    let counts: Bool
  }

  private var waiting: [Entry] = []
  private var bytes = 0
  /// What was left out since the last time, and may still come again.
  private var skipped: Set<ObjectId> = []
  /// How many others were left out since then.
  private var missed = 0
  /// Whether each of the last updates was seen as published.
  private var known: [ObjectId: Bool] = [:]
  /// The ids of `known`; the oldest stands at `oldest` once there are as many as may be.
  private var memory: [ObjectId] = []
  private var oldest = 0

  /// Adds what the store has.
  mutating func add(stored updates: [StoredUpdate]) {
    for update in updates { add(update, isPublished: update.isPublished, isFromStore: true) }
  }

  /// Adds what was published, and counts what the tap has missed.
  mutating func add(published updates: [StoredUpdate], missed: Int) {
    for update in updates { add(update, isPublished: true, isFromStore: false) }
    self.missed += missed
  }

  private mutating func add(_ update: StoredUpdate, isPublished: Bool, isFromStore: Bool) {
    let before = known[update.id]
    // What was seen as published is no news as stored.
    if isFromStore, let before, before || !isPublished { return }
    remember(update.id, isPublished: isPublished || before == true)
    var counts = before == nil || skipped.remove(update.id) != nil
    if before != nil, let index = waiting.firstIndex(where: { $0.update.id == update.id }) {
      let earlier = waiting.remove(at: index)
      counts = earlier.counts
      bytes -= earlier.update.document.bytes.count
    }
    waiting.append(Entry(update: update, counts: counts))
    bytes += update.document.bytes.count
    while waiting.count > Self.mostUpdates || bytes > Self.mostBytes && waiting.count > 1 {
      let left = waiting.removeFirst()
      bytes -= left.update.document.bytes.count
      if left.counts { skipped.insert(left.update.id) }
    }
    if skipped.count > Self.longestMemory {
      missed += skipped.count
      skipped = []
    }
  }

  private mutating func remember(_ id: ObjectId, isPublished: Bool) {
    guard known.updateValue(isPublished, forKey: id) == nil else { return }
    if memory.count < Self.longestMemory {
      memory.append(id)
    } else {
      known[memory[oldest]] = nil
      memory[oldest] = id
      oldest = (oldest + 1) % Self.longestMemory
    }
  }

  /// Hands out what waits, and how many were left out since the last time.
  mutating func take() -> (updates: [StoredUpdate], skipped: Int) {
    defer { (waiting, bytes, skipped, missed) = ([], 0, [], 0) }
    return (waiting.map(\.update), skipped.count + missed)
  }
}
