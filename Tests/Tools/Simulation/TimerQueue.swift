/// What is to happen at later moments, the earliest first; of the same moment, what was added first.
struct TimerQueue {
  private struct Entry {
    let time: Int64
    let number: Int
    let action: () -> Void

    func isBefore(_ other: Entry) -> Bool { time != other.time ? time < other.time : number < other.number }
  }

  private var heap: [Entry] = []
  private var added = 0

  /// When the next is due.
  var next: Int64? { heap.first?.time }

  mutating func add(at time: Int64, _ action: @escaping () -> Void) {
    added += 1
    heap.append(Entry(time: time, number: added, action: action))
    var child = heap.count - 1
    while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst() -> (time: Int64, action: () -> Void)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      var parent = 0
      while true {
        var least = parent
        for child in [2 * parent + 1, 2 * parent + 2]
        where child < heap.count && heap[child].isBefore(heap[least]) {
          least = child
        }
        if least == parent { break }
        heap.swapAt(parent, least)
        parent = least
      }
    }
    return (first.time, first.action)
  }

  mutating func removeAll() { heap.removeAll() }
}
