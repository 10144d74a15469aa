/// Random timelines (§9) for differential tests: coverage matters more than realism.
///
/// The same seed gives the same timelines. They avoid what the spec leaves open: lines of nothing but white
/// space, a byte order mark, two status records of one message and user at the same time, and stored messages
/// whose `dialogId` or `senderId` is not an id.
package struct TimelineGenerator: Sendable {
  var random: SplitMix64
  /// The latest events, for repetitions.
  var recentEvents: [Fields] = []
  /// The values of `createdAt` that the status records of a message and user have had.
  var usedStatusTimes: Set<[ExactString]> = []
  var statusCount = 0
  var burstCount = 0

  package init(seed: UInt64) {
    random = SplitMix64(seed: seed)
  }

  /// A timeline with this many events, bad lines included, and state lines between them.
  package mutating func timeline(events: Int) -> [String] {
    var lines = openingLines()
    var made = 0
    while made < events {
      switch below(100) {
      case 0..<30:
        lines.append(stateLine())
      case 30..<34:
        lines.append(pick(["", "# a comment", "#{\"_id\": 1}", "# \u{e9} {"]))
      case 34..<36:
        lines.append(badStateLine())
      case 36..<40:
        let burst = burst()
        lines += burst.lines
        made += burst.events
      case 40..<45:
        lines.append(badEventLine())
        made += 1
      case 45..<53:
        lines.append(repeatedEventLine())
        made += 1
      default:
        lines.append(eventLine())
        made += 1
      }
    }
    return lines
  }

  /// The same as bytes, with some additional lines that are not UTF-8, which a `String` cannot hold.
  package mutating func rawTimeline(events: Int) -> [[UInt8]] {
    var raw: [[UInt8]] = []
    for line in timeline(events: events) {
      raw.append(Array(line.utf8))
      if chance(1) {
        raw.append(withoutUTF8(eventLine()))
      }
    }
    return raw
  }

  /// A new event as a line.
  mutating func eventLine() -> String {
    let event = event()
    remember(event)
    return line(event)
  }

  /// Keeps an event for repetitions.
  mutating func remember(_ event: Fields) {
    recentEvents.append(event)
    if recentEvents.count > 40 { recentEvents.removeFirst() }
  }

  /// An object as a line, which sometimes is written oddly.
  mutating func line(_ fields: Fields) -> String {
    chance(75) ? JSON.object(fields).text : scribbled(.object(fields))
  }
}
