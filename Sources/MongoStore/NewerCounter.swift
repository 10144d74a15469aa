import BSON
import Updates

/// Counts the messages of one dialog that come after each of several positions (spec section 6), in one pass
/// over the messages in any order.
///
/// The sorted positions divide the messages into stretches, and each message is counted in the stretch in
/// which it lies. The messages that are newer than a position are those of all stretches after it.
struct NewerCounter {
  private let positions: [MessagePosition]
  private var stretches: [NewerMessages]

  /// All positions must be in one dialog, and there must be at least one.
  init(_ positions: [MessagePosition]) {
    self.positions = positions.sorted(by: Self.isBefore)
    stretches = Array(repeating: NewerMessages(), count: positions.count)
  }

  /// The time of the oldest position: messages from before count for none.
  var oldest: BSONNumber { positions.first?.createdAt ?? .integer(0) }

  /// Counts a record of `messages`.
  mutating func count(_ record: BSONDocument) {
    var time: BSONNumber?
    var (id, sender): (Identifier?, Identifier?)
    for element in record {
      if element.hasKey("createdAt") {
        time = element.exactNumber
      } else if element.hasKey("messageId") {
        id = element.string.map(Identifier.init)
      } else if element.hasKey("senderId") {
        sender = element.string.map(Identifier.init)
      }
    }
    guard let time else { return }
    // The number of positions that the message is newer than.
    var (low, high) = (0, positions.count)
    while low < high {
      let middle = (low + high) / 2
      if Self.isNewer(time, id, than: positions[middle]) { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return }
    stretches[low - 1].total += 1
    if let sender { stretches[low - 1].bySender[sender, default: 0] += 1 }
  }

  func results() -> [MessagePosition: NewerMessages] {
    var results: [MessagePosition: NewerMessages] = [:]
    var sum = NewerMessages()
    for (position, stretch) in zip(positions, stretches).reversed() {
      sum.total += stretch.total
      sum.bySender.merge(stretch.bySender, uniquingKeysWith: +)
      results[position] = sum
    }
    return results
  }

  private static func isNewer(_ time: BSONNumber, _ id: Identifier?, than position: MessagePosition) -> Bool {
    if position.createdAt.precedes(time) { return true }
    if time.precedes(position.createdAt) { return false }
    guard let id, let other = position.messageId else { return false }
    return id > other
  }

  /// A position without a message comes after all messages of its time.
  private static func isBefore(_ left: MessagePosition, _ right: MessagePosition) -> Bool {
    if left.createdAt.precedes(right.createdAt) { return true }
    if right.createdAt.precedes(left.createdAt) { return false }
    switch (left.messageId, right.messageId) {
    case (let left?, let right?): return left < right
    case (_?, nil): return true
    case (nil, _): return false
    }
  }
}
