/// The text of metrics, in the format 0.0.4 of Prometheus or in OpenMetrics 1.0.
package struct Exposition {
  package enum Format: Sendable, CaseIterable {
    case prometheus, openMetrics

    package var contentType: String {
      switch self {
      case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
      case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
      }
    }
  }

  private let format: Format
  private var text: [UInt8] = []

  package init(_ format: Format) {
    self.format = format
    text.reserveCapacity(65_536)
  }

  /// Writes a family, with one value for each of its series.
  mutating func add(_ family: FamilyText, _ values: [MetricValue]) {
    text += family.head[format]
    for (beginnings, value) in zip(family.beginnings, values) {
      switch value {
      case .integer(let count): line(beginnings[0], count.description)
      case .number(let number): line(beginnings[0], Self.number(number))
      case .distribution(_, let counts, let sum):
        var total: Int64 = 0
        for (beginning, count) in zip(beginnings, counts) {
          total += count
          line(beginning, total.description)
        }
        line(beginnings[counts.count], Self.number(sum))
        line(beginnings[counts.count + 1], total.description)
      }
    }
  }

  /// The text, complete.
  package consuming func finish() -> String {
    if format == .openMetrics { text += "# EOF\n".utf8 }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func line(_ beginning: [UInt8], _ value: String) {
    text += beginning
    text += value.utf8
    text.append(UInt8(ascii: "\n"))
  }

  /// A number as both formats write it. Bounds of buckets are labels, so they are written alike in both.
  static func number(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
    return number.description
  }

  /// With backslashes and line feeds escaped, and double quotes where they would end the text.
  static func escaped(_ text: String, quotes: Bool) -> String {
    if text.utf8.allSatisfy({ $0 != 0x5C && $0 != 0x0A && $0 != 0x22 }) { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
      case "\n": result.append(contentsOf: "\\n".unicodeScalars)
      case "\"" where quotes: result.append(contentsOf: "\\\"".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}

/// The choice between the two formats by a request's `Accept` header (RFC 9110).
extension Exposition.Format {
  package init(accept: String?) {
    var (text, openMetrics) = (0.0, 0.0)
    for range in (accept ?? "*/*").split(separator: ",") {
      let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
      guard let type = parts.first else { continue }
      var parameters: [String: String] = [:]
      for part in parts.dropFirst() {
        let halves = part.split(separator: "=", maxSplits: 1).map(String.init)
        if halves.count == 2 { parameters[halves[0]] = halves[1] }
      }
      let quality = parameters["q"].map { Double($0) ?? 0 } ?? 1
      switch type {
      case "application/openmetrics-text" where ["1.0.0", nil].contains(parameters["version"]):
        openMetrics = max(openMetrics, quality)
      case "text/plain", "text/*", "*/*": text = max(text, quality)
      default: break
      }
    }
    self = openMetrics > 0 && openMetrics >= text ? .openMetrics : .prometheus
  }
}
