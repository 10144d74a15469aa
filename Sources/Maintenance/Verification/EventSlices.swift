package import Pipeline
import Updates

extension EventIntake {
  /// Cuts the items into slices wherever an event occurs again, so that within a slice each event occurs once.
  package static func slices(_ items: [Item]) -> [ArraySlice<Item>] {
    var slices: [ArraySlice<Item>] = []
    var seen: Set<EventKey> = []
    var start = items.startIndex
    for (index, item) in items.enumerated() {
      guard let eventKey = item.eventKey, !seen.insert(eventKey).inserted else { continue }
      slices.append(items[start..<index])
      start = index
      seen = [eventKey]
    }
    slices.append(items[start...])
    return slices.filter { !$0.isEmpty }
  }
}
