package import CoreMetrics

/// A backend of swift-metrics that keeps what it is told, to be written as text. It has exactly the series of
/// the families that it is made with, each from the start. What is recorded for any other goes nowhere, so that
/// nobody can make it grow.
package final class MetricRegistry: MetricsFactory {
  private let families: [MetricFamily]
  private let texts: [FamilyText]
  /// The series of each family, in its order.
  private let series: [[any MetricSeries]]
  /// Where the series of a name and its labels is.
  private let places: [String: [[String]: (family: Int, series: Int)]]

  package init(_ families: [MetricFamily]) {
    self.families = families
    texts = families.map(FamilyText.init)
    series = families.map { family in
      family.series.map { _ in
        switch family.kind {
        case .counter: CounterSeries()
        case .gauge: GaugeSeries()
        case .histogram(let bounds): HistogramSeries(bounds: bounds)
        }
      }
    }
    var places: [String: [[String]: (family: Int, series: Int)]] = [:]
    for (number, family) in families.enumerated() {
      for (place, values) in family.series.enumerated() {
        places[family.name, default: [:]][values] = (number, place)
      }
    }
    self.places = places
  }

  /// All families with the values of their series, in order.
  var values: [(family: FamilyText, values: [MetricValue])] {
    zip(texts, series).map { ($0, $1.map(\.value)) }
  }

  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    find(label, dimensions) as? CounterSeries ?? NOOPMetricsHandler.instance
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    find(label, dimensions) as? GaugeSeries ?? NOOPMetricsHandler.instance
  }

  package func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    switch find(label, dimensions) {
    case let gauge as GaugeSeries where !aggregate: gauge
    case let histogram as HistogramSeries where aggregate: histogram
    default: NOOPMetricsHandler.instance
    }
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    find(label, dimensions) as? HistogramSeries ?? NOOPMetricsHandler.instance
  }

  // The series are there from the start to the end.
  package func destroyCounter(_ handler: any CounterHandler) {}
  package func destroyMeter(_ handler: any MeterHandler) {}
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  package func destroyTimer(_ handler: any TimerHandler) {}

  private func find(_ name: String, _ dimensions: [(String, String)]) -> (any MetricSeries)? {
    guard let places = places[name] else { return nil }
    guard let family = families.first(where: { $0.name == name }), family.labels == dimensions.map(\.0),
      let place = places[dimensions.map(\.1)]
    else { return nil }
    return series[place.family][place.series]
  }
}
