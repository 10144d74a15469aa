/// A family of metrics: a row of the table in docs/metrics.md.
package struct MetricFamily: Sendable {
  package enum Kind: Sendable, Equatable {
    case counter
    case gauge
    /// With the upper bounds of its buckets, ascending, without the infinite one.
    case histogram([Double])

    /// The word that Prometheus has for it.
    package var word: String {
      switch self {
      case .counter: "counter"
      case .gauge: "gauge"
      case .histogram: "histogram"
      }
    }
  }

  /// With its prefix; that of a counter ends in `_total`.
  package let name: String
  package let kind: Kind
  /// The names of the labels.
  package let labels: [String]
  /// The values of the labels, a row for each series. There are no other series.
  package let series: [[String]]
  /// One sentence.
  package let help: String

  /// A family without labels, which has one series.
  init(_ name: String, _ kind: Kind, _ help: String) {
    self.init(name, kind, [], [[]], help)
  }

  /// A family with one label, which has a series for each value.
  init<Value: CaseIterable & RawRepresentable>(
    _ name: String, _ kind: Kind, _ label: String, _ values: Value.Type, _ help: String
  ) where Value.RawValue == String {
    self.init(name, kind, [label], Value.allCases.map { [$0.rawValue] }, help)
  }

  init(_ name: String, _ kind: Kind, _ labels: [String], _ series: [[String]], _ help: String) {
    self.name = name
    self.kind = kind
    self.labels = labels
    self.series = series
    self.help = help
  }
}
