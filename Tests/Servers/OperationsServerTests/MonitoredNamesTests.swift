import LiveHarness
import MonitoringFiles
import TestServers
import TestTraits
import Testing

/// Alert rules and dashboard name only what a live worker exposes.
@Suite(.bounded) struct MonitoredNamesTests {
  @Test func `every metric and label of the alert rules and of the dashboard is one of /metrics`()
    async throws
  {
    try await withInstallation { installation in
      let worker = try installation.startWorker("--http", "127.0.0.1:0")
      try await worker.isReady()
      let exposed = ExposedSeries(try await worker.get("/metrics").body)
      for rule in try AlertRule.all() {
        for text in [rule.expr] + rule.annotations.values {
          let names = text == rule.expr ? SeriesNames(text) : SeriesNames(rule.expr, legend: text)
          #expect(exposed.missing(in: names) == [], "\(rule.alert)")
        }
      }
      for (expression, legend) in try Dashboard().expressions {
        #expect(exposed.missing(in: SeriesNames(expression, legend: legend)) == [], "\(expression)")
      }
      #expect(try await worker.terminate() == .exited(0))
    }
  }
}
