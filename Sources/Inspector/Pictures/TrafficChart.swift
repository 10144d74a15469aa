import Pipeline
import Updates

/// How many events or updates there were in each span of time, by type, as a picture of stacked bars. Each bar is a link
/// to what it counts.
struct TrafficChart {
  /// What is of one type in one span.
  struct Bar: Sendable {
    /// In milliseconds since 1970.
    let start: Double
    /// The name of the update type; `?` for an event type that makes no updates.
    let type: String
    let count: Int
  }

  /// The spans that are shown.
  struct Window {
    let span: CensusSpan
    let spans: Int
    /// The number of the last span.
    fileprivate let last: Int

    /// - Parameter newest: A time in the last span, in milliseconds since 1970.
    init(span: CensusSpan, spans: Int, until newest: Double) {
      self.span = span
      self.spans = spans
      last = newest.magnitude < 8.64e15 ? Int((newest / span.length).rounded(.down)) : 0
    }

    /// The terms of a search for what lies in it.
    var terms: [SearchTerm] {
      Self.terms(Double(last - spans + 1) * span.length, Double(last + 1) * span.length)
    }

    fileprivate static func terms(_ start: Double, _ end: Double) -> [SearchTerm] {
      [SearchTerm(.after, JSONNumber(start).text), SearchTerm(.before, JSONNumber(end).text)]
    }
  }

  private static let (width, height, top, bottom, left) = (1200.0, 150.0, 14.0, 22.0, 56.0)

  private let bars: [Int: [Bar]]
  private let window: Window
  private let noun: String
  /// The types that were counted, the most frequent first.
  let types: [(name: String, count: Int)]

  /// - Parameter noun: What is counted.
  init(_ counts: [UpdateCounts.Key: Int], in window: Window, of noun: String) {
    let all = Self.bars(counts, by: window.span)
    bars = Dictionary(grouping: all) { Int(($0.start / window.span.length).rounded(.down)) }
    self.window = window
    self.noun = noun
    var types: [String: Int] = [:]
    for bar in all { types[bar.type, default: 0] += bar.count }
    self.types = types.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map { ($0.key, $0.value) }
  }

  /// In the order of time, and in each span by type.
  static func bars(_ counts: [UpdateCounts.Key: Int], by span: CensusSpan) -> [Bar] {
    var sums: [Int: [String: Int]] = [:]
    // A time that no date has would be one that no integer holds.
    for (key, count) in counts where (Double(key.span) * span.length).magnitude < 8.64e15 {
      let type = UpdateType(eventType: key.eventType)?.rawValue ?? "?"
      sums[key.span, default: [:]][type, default: 0] += count
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
    let step = (Self.width - Self.left) / Double(window.spans)
    let base = Self.height - Self.bottom
    let label =
      "\(counted(total, noun)) in the last \(window.spans) spans, at most \(grouped(highest)) in one"
    var svg =
      "<svg class=\"traffic\" viewBox=\"0 0 \(coordinate(Self.width)) \(coordinate(Self.height))\" role=\"group\" "
      + "aria-label=\"\(label)\">"
    for (value, y) in lines(highest, base) {
      svg +=
        "<line class=\"grid\" x1=\"\(coordinate(Self.left))\" x2=\"\(coordinate(Self.width))\" "
        + "y1=\"\(coordinate(y))\" y2=\"\(coordinate(y))\"/><text class=\"tick\" x=\"\(coordinate(Self.left - 6))\" "
        + "y=\"\(coordinate(y + 4))\" text-anchor=\"end\">\(grouped(value))</text>"
    }
    for index in 0..<window.spans {
      let number = window.last - window.spans + 1 + index
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

  /// The values that have a line, and where. The one in the middle is left out where it would be no whole number.
  private func lines(_ highest: Int, _ base: Double) -> [(value: Int, y: Double)] {
    let middle = highest % 2 == 0 && highest > 0 ? [(highest / 2, (Self.top + base) / 2)] : []
    return (highest > 0 ? [(highest, Self.top)] : []) + middle + [(0, base)]
  }

  private func bar(
    _ parts: [Bar], _ number: Int, x: Double, width: Double, scale: Double, base: Double
  ) -> String {
    let start = Double(number) * window.span.length
    let count = parts.reduce(0) { $0 + $1.count }
    let terms = Window.terms(start, start + window.span.length)
    let link = Link("/updates", [("q", SearchLine.text(of: terms))]).string
    let name = "\(time(start)): \(counted(count, noun))"
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
    let text = time(Double(number) * window.span.length)
    switch window.span {
    case .second: return String(text.dropFirst(11).prefix(8))
    case .minute: return String(text.dropFirst(11).prefix(5))
    case .hour: return String(text.dropFirst(5).prefix(8)) + "h"
    }
  }
}
