import Pipeline
import Updates

/// When an event was created and its updates were stored and published, as a picture: a line for each recipient from the
/// creation of the event over the making of the update to its publication.
struct TimelineChart {
  /// More recipients are not drawn: the slowest are.
  private static let mostLines = 40
  private static let (width, margin, right, lineHeight, top, bottom) = (920.0, 190.0, 84.0, 18.0, 26.0, 26.0)
  /// Room for the time from the creation to the first update, where that is too long to be drawn to scale.
  private static let breakWidth = 110.0
  /// How many times as long as everything that follows it the time from the creation may be to be drawn to scale.
  private static let longestInScale = 4.0

  private let lines: [EventReport.Line]
  /// When the event was created; `nil` when it does not tell, or tells a time after its updates.
  private let created: Double?
  /// When the first update was stored.
  private let stored: Double
  private let end: Double
  private let delays: [Double]
  private let isCut: Bool
  private let isCreatedLater: Bool

  /// `nil` when there is nothing to draw.
  ///
  /// - Parameter created: When the event was created, in milliseconds since 1970; `nil` when nobody knows.
  init?(_ updates: [EventReport.Line], created: Double?) {
    guard let stored = updates.map(\.createdAt).min(), stored.isFinite else { return nil }
    self.stored = stored
    let known = created.flatMap { $0.isFinite ? $0 : nil }
    isCreatedLater = known.map { $0 > stored } ?? false
    self.created = isCreatedLater ? nil : known
    end = updates.map { $0.publishedAt ?? $0.createdAt }.max() ?? stored
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
    let begin = created.map { "Stored \(shownDelay(stored - $0)) after the event was created. " } ?? ""
    guard let slowest = delays.last else { return begin + "None of these updates is published." }
    let median = delays[delays.count / 2]
    return begin + "Published after \(shownDelay(median)) (median), \(shownDelay(slowest)) (slowest), of "
      + "\(counted(delays.count, "update"))."
  }

  /// What the picture leaves out, in words; `nil`: nothing.
  var note: String? {
    let notes = [
      isCut ? "The \(Self.mostLines) that were published last." : nil,
      isCreatedLater
        ? "The event names a later time of its creation than its updates have; the clocks differ, and it is left out."
        : nil,
    ].compactMap { $0 }
    return notes.isEmpty ? nil : notes.joined(separator: " ")
  }

  /// Whether the time from the creation is too long to be drawn to scale.
  private var isBroken: Bool {
    guard let created else { return false }
    return stored - created > max(end - stored, 1) * Self.longestInScale
  }

  /// Where a time stands.
  private func x(_ time: Double) -> Double {
    let from = isBroken ? stored : created ?? stored
    let left = Self.margin + (isBroken ? Self.breakWidth : 0)
    let place = left + (time - from) * (Self.width - left - Self.right) / max(end - from, 0.001)
    // A damaged record may have any time.
    return min(max(place.isFinite ? place : left, left), Self.width - Self.right)
  }

  var svg: String {
    let height = Self.top + Double(lines.count) * Self.lineHeight + Self.bottom
    var svg =
      "<svg class=\"timeline\" viewBox=\"0 0 \(coordinate(Self.width)) \(coordinate(height))\" role=\"img\" "
      + "aria-label=\"\(escapedHTML(summary))\">"
    svg += axis(height - Self.bottom)
    for (index, line) in lines.enumerated() {
      svg += row(line, y: Self.top + (Double(index) + 0.5) * Self.lineHeight)
    }
    return svg + legend(y: height - 9) + "</svg>"
  }

  private func axis(_ bottom: Double) -> String {
    let from = isBroken ? stored : created ?? stored
    var svg = ""
    for part in 0...4 {
      let time = from + (end - from) * Double(part) / 4
      svg += vertical("grid", x(time), 18, bottom)
      svg += text("tick", x(time), 12, shownDelay(time - from), anchor: "middle")
    }
    guard let created else { return svg }
    let place = isBroken ? Self.margin : x(created)
    if isBroken {
      svg += text(
        "tick", Self.margin + Self.breakWidth / 2, 12, shownDelay(stored - created), anchor: "middle")
    }
    return svg + vertical("created", place, 18, bottom)
  }

  private func row(_ line: EventReport.Line, y: Double) -> String {
    let id = line.recipient.string
    let name = id.count > 24 ? id.prefix(23) + "…" : id[...]
    var svg = text("name", Self.margin - 12, y + 4, String(name), anchor: "end")
    let stored = x(line.createdAt)
    if let created {
      svg += horizontal("wait", isBroken ? Self.margin : x(created), stored, y)
    }
    if let publishedAt = line.publishedAt {
      let (kind, published) = (kindClass(line), x(publishedAt))
      svg += horizontal("way \(kind)", stored, published, y)
      svg += circle("published \(kind)", published, y, 4)
      svg += text("tick", published + 8, y + 4, shownDelay(publishedAt - line.createdAt), anchor: "start")
    }
    return svg + circle("stored", stored, y, 3)
  }

  private func legend(y: Double) -> String {
    var (svg, x) = ("", Self.margin)
    if created != nil {
      svg += vertical("created", x, y - 9, y + 1) + text("tick", x + 8, y, "created", anchor: "start")
      x += 80
    }
    svg += circle("stored", x, y - 4, 3) + text("tick", x + 8, y, "stored", anchor: "start")
    guard !delays.isEmpty else { return svg }
    return svg + circle("published", x + 72, y - 4, 4) + text("tick", x + 82, y, "published", anchor: "start")
  }

  private func vertical(_ name: String, _ x: Double, _ from: Double, _ to: Double) -> String {
    "<line class=\"\(name)\" x1=\"\(coordinate(x))\" x2=\"\(coordinate(x))\" y1=\"\(coordinate(from))\" "
      + "y2=\"\(coordinate(to))\"/>"
  }

  private func horizontal(_ name: String, _ from: Double, _ to: Double, _ y: Double) -> String {
    "<line class=\"\(name)\" x1=\"\(coordinate(from))\" x2=\"\(coordinate(to))\" y1=\"\(coordinate(y))\" "
      + "y2=\"\(coordinate(y))\"/>"
  }

  private func circle(_ name: String, _ x: Double, _ y: Double, _ radius: Int) -> String {
    "<circle class=\"\(name)\" cx=\"\(coordinate(x))\" cy=\"\(coordinate(y))\" r=\"\(radius)\"/>"
  }

  private func text(_ name: String, _ x: Double, _ y: Double, _ text: String, anchor: String) -> String {
    "<text class=\"\(name)\" x=\"\(coordinate(x))\" y=\"\(coordinate(y))\" text-anchor=\"\(anchor)\">"
      + "\(escapedHTML(text))</text>"
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
