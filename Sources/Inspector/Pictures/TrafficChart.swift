import Pipeline
import Updates

/// How many updates were made in each span of time, by type, as a picture of stacked bars. Each bar is a link to what it
/// counts.
struct TrafficChart {
  /// The updates of one type in one span.
  struct Bar: Sendable {
    /// In milliseconds since 1970.
    let start: Double
    /// The name of the update type; `?` for an event type that makes no updates.
    let type: String
    let count: Int
  }

  private static let (width, height, top, bottom, left) = (1200.0, 170.0, 14.0, 22.0, 56.0)

  private let bars: [Int: [Bar]]
  private let span: CensusSpan
  private let spans: Int
  private let last: Int
  /// The types that were counted, the most frequent first.
  let types: [(name: String, count: Int)]

  init(_ counts: UpdateCounts, by span: CensusSpan, spans: Int, until newest: Double) {
    let all = Self.bars(counts, by: span)
    bars = Dictionary(grouping: all) { Int(($0.start / span.length).rounded(.down)) }
    self.span = span
    self.spans = spans
    last = newest.magnitude < 8.64e15 ? Int((newest / span.length).rounded(.down)) : 0
    var types: [String: Int] = [:]
    for bar in all { types[bar.type, default: 0] += bar.count }
    self.types = types.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map { ($0.key, $0.value) }
  }

  /// In the order of time, and in each span by type.
  static func bars(_ counts: UpdateCounts?, by span: CensusSpan) -> [Bar] {
    var sums: [Int: [String: Int]] = [:]
    // A time that no date has would be one that no integer holds.
    for (key, count) in counts?.counts ?? [:] where (Double(key.span) * span.length).magnitude < 8.64e15 {
      let type = UpdateType(eventType: key.eventType)?.rawValue ?? "?"
      sums[key.span, default: [:]][type, default: 0] += count.total
    }
    return sums.sorted { $0.key < $1.key }.flatMap { start, types in
      types.sorted { $0.key < $1.key }.map {
        Bar(start: Double(start) * span.length, type: $0.key, count: $0.value)
      }
    }
  }

  var total: Int { types.reduce(0) { $0 + $1.count } }

  var svg: String {
    let highest = bars.values.map { $0.reduce(0) { $0 + $1.count } }.max() ?? 0
    let scale = (Self.height - Self.top - Self.bottom) / Double(max(highest, 1))
    let step = (Self.width - Self.left) / Double(spans)
    let base = Self.height - Self.bottom
    let label = "\(counted(total, "update")) in the last \(spans) spans, at most \(grouped(highest)) in one"
    var svg =
      "<svg class=\"traffic\" viewBox=\"0 0 \(coordinate(Self.width)) \(coordinate(Self.height))\" role=\"group\" "
      + "aria-label=\"\(label)\">"
    for (value, y) in [(highest, Self.top), (highest / 2, (Self.top + base) / 2), (0, base)] {
      svg +=
        "<line class=\"grid\" x1=\"\(coordinate(Self.left))\" x2=\"\(coordinate(Self.width))\" "
        + "y1=\"\(coordinate(y))\" y2=\"\(coordinate(y))\"/><text class=\"tick\" x=\"\(coordinate(Self.left - 6))\" "
        + "y=\"\(coordinate(y + 4))\" text-anchor=\"end\">\(grouped(value))</text>"
    }
    for index in 0..<spans {
      let number = last - spans + 1 + index
      let x = Self.left + Double(index) * step
      if let parts = bars[number] { svg += bar(parts, number, x: x, width: step, scale: scale, base: base) }
      if index % 10 == 5 {
        svg +=
          "<text class=\"tick\" x=\"\(coordinate(x))\" y=\"\(coordinate(Self.height - 6))\" "
          + "text-anchor=\"middle\">\(tick(number))</text>"
      }
    }
    return svg + "</svg>"
  }

  private func bar(
    _ parts: [Bar], _ number: Int, x: Double, width: Double, scale: Double, base: Double
  ) -> String {
    let start = Double(number) * span.length
    let terms = [
      SearchTerm(.after, JSONNumber(start).text), SearchTerm(.before, JSONNumber(start + span.length).text),
    ]
    let count = parts.reduce(0) { $0 + $1.count }
    let link = Link("/updates", [("q", SearchLine.text(of: terms))]).string
    let name = "\(time(start)): \(counted(count, "update"))"
    var svg = "<a href=\"\(escapedHTML(link))\" aria-label=\"\(name)\"><title>\(name)</title>"
    var y = base
    for part in parts {
      let height = max(Double(part.count) * scale, 1)
      y -= height
      let kind = part.type.lowercased().filter { $0.isASCII && $0.isLetter }
      svg +=
        "<rect class=\"bar kind-\(kind)\" x=\"\(coordinate(x + 1))\" y=\"\(coordinate(y))\" "
        + "width=\"\(coordinate(max(width - 2, 1)))\" height=\"\(coordinate(height))\"/>"
    }
    return svg + "</a>"
  }

  /// The time of day of a span, or the day where the spans are hours.
  private func tick(_ number: Int) -> String {
    let text = time(Double(number) * span.length)
    switch span {
    case .second: return String(text.dropFirst(11).prefix(8))
    case .minute: return String(text.dropFirst(11).prefix(5))
    case .hour: return String(text.dropFirst(5).prefix(8)) + "h"
    }
  }
}
