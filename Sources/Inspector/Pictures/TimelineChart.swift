import Pipeline
import Updates

/// When the updates of an event were stored and published, as a picture: a line for each recipient from the making of
/// the update to its publication.
struct TimelineChart {
  /// More recipients are not drawn: the slowest are.
  private static let mostLines = 40
  private static let (width, margin, right, lineHeight, top) = (920.0, 190.0, 70.0, 18.0, 26.0)

  private let lines: [EventReport.Line]
  private let start: Double
  private let end: Double
  private let delays: [Double]
  private let isCut: Bool

  /// `nil` when there is nothing to draw.
  init?(_ updates: [EventReport.Line]) {
    guard let start = updates.map(\.createdAt).min(), start.isFinite else { return nil }
    self.start = start
    end = updates.map { $0.publishedAt ?? $0.createdAt }.max() ?? start
    delays = updates.compactMap { line in line.publishedAt.map { $0 - line.createdAt } }.sorted()
    isCut = updates.count > Self.mostLines
    if isCut {
      let slowest = updates.sorted { ($0.publishedAt ?? .infinity) > ($1.publishedAt ?? .infinity) }
        .prefix(Self.mostLines)
      lines = slowest.sorted { $0.createdAt < $1.createdAt }
    } else {
      lines = updates
    }
  }

  /// What the picture shows, in words.
  var summary: String {
    guard let slowest = delays.last else { return "None of these updates is published." }
    let median = delays[delays.count / 2]
    return "Published after \(shownDelay(median)) (median), \(shownDelay(slowest)) (slowest), of "
      + "\(counted(delays.count, "update"))."
  }

  /// What the picture leaves out, in words; `nil`: nothing.
  var note: String? { isCut ? "The \(Self.mostLines) that were published last." : nil }

  var svg: String {
    let height = Self.top + Double(lines.count) * Self.lineHeight + 8
    let span = max(end - start, 0.001)
    let scale = (Self.width - Self.margin - Self.right) / span
    func x(_ time: Double) -> String {
      // A damaged record may have any time.
      let place = Self.margin + (time - start) * scale
      return coordinate(min(max(place.isFinite ? place : Self.margin, Self.margin), Self.width - Self.right))
    }
    var svg =
      "<svg class=\"timeline\" viewBox=\"0 0 \(coordinate(Self.width)) \(coordinate(height))\" role=\"img\" "
      + "aria-label=\"\(escapedHTML(summary))\">"
    for part in 0...4 {
      let time = start + span * Double(part) / 4
      svg +=
        "<line class=\"grid\" x1=\"\(x(time))\" x2=\"\(x(time))\" y1=\"18\" y2=\"\(coordinate(height - 4))\"/>"
      svg +=
        "<text class=\"tick\" x=\"\(x(time))\" y=\"12\" text-anchor=\"middle\">\(escapedHTML(shownDelay(time - start)))</text>"
    }
    for (index, line) in lines.enumerated() {
      let y = Self.top + (Double(index) + 0.5) * Self.lineHeight
      let name =
        line.recipient.string.count > 24 ? line.recipient.string.prefix(23) + "…" : line.recipient.string[...]
      svg +=
        "<text class=\"name\" x=\"\(coordinate(Self.margin - 12))\" y=\"\(coordinate(y + 4))\" text-anchor=\"end\">"
        + "\(escapedHTML(String(name)))</text>"
      if let publishedAt = line.publishedAt {
        svg +=
          "<line class=\"way \(kindClass(line))\" x1=\"\(x(line.createdAt))\" x2=\"\(x(publishedAt))\" "
          + "y1=\"\(coordinate(y))\" y2=\"\(coordinate(y))\"/>"
        svg +=
          "<circle class=\"published \(kindClass(line))\" cx=\"\(x(publishedAt))\" cy=\"\(coordinate(y))\" r=\"4\"/>"
      }
      svg += "<circle class=\"stored\" cx=\"\(x(line.createdAt))\" cy=\"\(coordinate(y))\" r=\"3\"/>"
    }
    return svg + "</svg>"
  }

  private func kindClass(_ line: EventReport.Line) -> String {
    "kind-" + line.type.lowercased().filter { $0.isASCII && $0.isLetter }
  }
}

/// A number in a picture: with at most one digit after the point.
func coordinate(_ value: Double) -> String {
  let rounded = (value * 10).rounded() / 10
  return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
}
