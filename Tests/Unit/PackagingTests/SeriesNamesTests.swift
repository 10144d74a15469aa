import MonitoringFiles
import Testing

/// How the names in rules and dashboard are found, and compared with what is exposed.
@Suite struct SeriesNamesTests {
  @Test func `series, selected labels, grouped labels and labels of the legend are found`() {
    let names = SeriesNames(
      """
      histogram_quantile(0.99, sum by (le, station) (rate(a_bucket{job=~"$job", peer!="b{c"}[$__rate_interval])))
      and on (instance) max(d offset 5m) > 60 unless absent(e{})
      """, legend: "{{station}} of {{ $labels.instance }}")
    #expect(names.series == ["a_bucket": ["job", "peer"], "d": [], "e": []])
    #expect(names.labels == ["le", "station", "instance"])
  }

  @Test func `a variable of the dashboard names a series and a label`() {
    let names = SeriesNames("label_values(build_info{job=~\"$job\"}, instance)")
    #expect(names.series == ["build_info": ["job"]] && names.labels == ["instance"])
  }

  @Test func `what is not exposed is told`() {
    let exposed = ExposedSeries(
      """
      # HELP a Of a, in {b="c"}.
      # TYPE a counter
      a{peer="x{y}",type="z"} 1
      b 2
      """)
    #expect(exposed.missing(in: SeriesNames("sum by (job, peer) (a{type=\"z\"}) > b or up")) == [])
    #expect(
      exposed.missing(in: SeriesNames("a{station=\"s\"} + c", legend: "{{kind}}"))
        == ["a has no label station", "c is not exposed", "no series has the label kind"])
  }
}
