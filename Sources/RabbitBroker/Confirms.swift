/// The outstanding publisher confirms of a channel, as a pure value. Messages are published in transmissions,
/// each with consecutive tags, which the server's answers complete.
package struct Confirms {
  /// Messages that were published in a row and wait for their confirms.
  package struct Transmission: Sendable, Equatable {
    package let id: Int
    /// The tag of its first message.
    let first: UInt64
    /// How many messages have been written.
    fileprivate(set) var count = 0
    /// Which of them the server has answered.
    fileprivate var isAnswered: [Bool] = []
    /// All messages before this offset are answered.
    fileprivate var answeredPrefix = 0
    fileprivate var unanswered = 0
    /// The offsets of the messages that the server has refused.
    package fileprivate(set) var refused: [Int] = []
    /// Whether all messages have been written.
    fileprivate(set) var isWritten = false

    /// The offsets of the messages that the server has not answered.
    var outstanding: [Int] { isAnswered.indices.filter { !isAnswered[$0] } }

    fileprivate var isComplete: Bool { isWritten && unanswered == 0 }
  }

  private var transmissions: [Transmission] = []
  private var nextTag: UInt64 = 1
  private var nextId = 0

  package init() {}

  /// How many messages have been written but not answered.
  var outstanding: Int { transmissions.reduce(0) { $0 + $1.unanswered } }

  /// Begins a transmission, to which everything that is written before ``end(_:)`` belongs; returns its id.
  package mutating func begin(capacity: Int) -> Int {
    nextId += 1
    var transmission = Transmission(id: nextId, first: nextTag)
    transmission.isAnswered.reserveCapacity(capacity)
    transmissions.append(transmission)
    return nextId
  }

  /// Notes that one more message has been written.
  package mutating func write() {
    guard !transmissions.isEmpty else { return }
    let last = transmissions.count - 1
    transmissions[last].count += 1
    transmissions[last].unanswered += 1
    transmissions[last].isAnswered.append(false)
    nextTag += 1
  }

  /// Notes that the transmission has been written; returns the transmissions that are complete now.
  package mutating func end(_ id: Int) -> [Transmission] {
    guard let index = transmissions.firstIndex(where: { $0.id == id }) else { return [] }
    transmissions[index].isWritten = true
    return takeCompleted()
  }

  /// Notes that the server has answered this message, or all up to it; returns the transmissions that are
  /// complete now. Tags that are not outstanding are ignored, because their transmission was abandoned.
  package mutating func answer(_ tag: UInt64, multiple: Bool, isRefusal: Bool) -> [Transmission] {
    // The tag 0 stands for all outstanding messages (AMQP 0-9-1, basic.ack).
    let tag = tag == 0 && multiple ? .max : tag
    for index in transmissions.indices where tag >= transmissions[index].first {
      let offset = tag - transmissions[index].first
      if offset < UInt64(transmissions[index].count) {
        transmissions[index].answer(Int(offset), multiple: multiple, isRefusal: isRefusal)
      } else if multiple, transmissions[index].count > 0 {
        transmissions[index].answer(transmissions[index].count - 1, multiple: true, isRefusal: isRefusal)
      }
    }
    return takeCompleted()
  }

  /// Forgets a transmission for which nobody waits any more.
  mutating func abandon(_ id: Int) {
    transmissions.removeAll { $0.id == id }
  }

  /// Starts over for a new channel, whose tags count from 1; returns the transmissions that were outstanding.
  mutating func reset() -> [Transmission] {
    defer {
      transmissions = []
      nextTag = 1
    }
    return transmissions
  }

  private mutating func takeCompleted() -> [Transmission] {
    guard transmissions.contains(where: \.isComplete) else { return [] }
    let completed = transmissions.filter(\.isComplete)
    transmissions.removeAll(where: \.isComplete)
    return completed
  }
}

extension Confirms.Transmission {
  fileprivate mutating func answer(_ offset: Int, multiple: Bool, isRefusal: Bool) {
    var next = multiple ? answeredPrefix : offset
    while next <= offset {
      if !isAnswered[next] {
        isAnswered[next] = true
        unanswered -= 1
        if isRefusal { refused.append(next) }
      }
      next += 1
    }
    while answeredPrefix < count, isAnswered[answeredPrefix] { answeredPrefix += 1 }
  }
}
