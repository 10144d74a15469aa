/// The messages that have been delivered but not asked for yet, as a pure value. Bounded by the prefetch.
struct Inbox {
  private var messages: [IncomingMessage] = []
  private var position = 0

  var isEmpty: Bool { count == 0 }

  var count: Int { messages.count - position }

  mutating func append(_ message: IncomingMessage) {
    messages.append(message)
  }

  /// Removes and returns the oldest messages, at most `limit`.
  mutating func take(_ limit: Int) -> [IncomingMessage] {
    let end = position + min(count, max(limit, 0))
    let taken = Array(messages[position..<end])
    position = end
    if position == messages.count {
      messages.removeAll(keepingCapacity: true)
      position = 0
    } else if position > messages.count / 2 {
      messages.removeFirst(position)
      position = 0
    }
    return taken
  }

  mutating func removeAll() {
    messages.removeAll()
    position = 0
  }
}
