import Testing

@testable import Operations

/// The text of metrics. That other programs can read it is tested in OperationsServerTests.
@Suite struct ExpositionTests {
  private func text(_ format: Exposition.Format, _ family: MetricFamily, _ values: [MetricValue]) -> String {
    var exposition = Exposition(format)
    exposition.add(FamilyText(family), values)
    return exposition.finish()
  }

  @Test func `quotes, backslashes and line feeds in labels and help are escaped`() {
    let family = MetricFamily("m", .gauge, ["a", "b"], [["q\"\\\n", "ä\r\t,}"]], "h\"\\\n")
    #expect(
      text(.prometheus, family, [.number(1.5)]) == #"""
        # HELP m h"\\\n
        # TYPE m gauge
        m{a="q\"\\\n",b="ä
        """# + "\r\t,}\"} 1.5\n")
    #expect(text(.openMetrics, family, [.number(1.5)]).hasPrefix(#"# HELP m h\"\\\n"# + "\n"))
  }

  @Test func `OpenMetrics names a counter without total in its head, and ends with EOF`() {
    let family = MetricFamily("m_total", .counter, "h")
    #expect(
      text(.prometheus, family, [.integer(7)]) == "# HELP m_total h\n# TYPE m_total counter\nm_total 7\n")
    #expect(
      text(.openMetrics, family, [.integer(7)]) == "# HELP m h\n# TYPE m counter\nm_total 7\n# EOF\n")
  }

  @Test func `the buckets of a histogram add up, and the infinite one is its count`() {
    let family = MetricFamily("m", .histogram([0.5, 1, 10]), ["l"], [["v"]], "h")
    let value = MetricValue.distribution(bounds: [0.5, 1, 10], counts: [1, 0, 2, 4], sum: 90.5)
    #expect(
      text(.prometheus, family, [value]) == """
        # HELP m h
        # TYPE m histogram
        m_bucket{l="v",le="0.5"} 1
        m_bucket{l="v",le="1.0"} 1
        m_bucket{l="v",le="10.0"} 3
        m_bucket{l="v",le="+Inf"} 7
        m_sum{l="v"} 90.5
        m_count{l="v"} 7

        """)
  }

  @Test(
    arguments: [
      (nil, .prometheus), ("*/*", .prometheus), ("text/plain", .prometheus), ("text/html", .prometheus),
      ("application/openmetrics-text", .openMetrics),
      ("application/openmetrics-text; version=1.0.0; charset=utf-8", .openMetrics),
      ("application/openmetrics-text; version=0.0.1", .prometheus),
      ("application/openmetrics-text;q=0", .prometheus),
      ("application/openmetrics-text;version=1.0.0;q=0.2, text/plain;version=0.0.4;q=0.5", .prometheus),
      ("Application/OpenMetrics-Text ; Version=1.0.0 ; Q=0.5 , */* ; q=0.1", .openMetrics),
      // What Prometheus 2 sends, and what Prometheus 3 does.
      (
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
          + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
      ),
      (
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
          + "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.3,"
          + "*/*;q=0.2", .openMetrics
      ),
    ] as [(String?, Exposition.Format)])
  func `the Accept header chooses the format`(accept: String?, format: Exposition.Format) {
    #expect(Exposition.Format(accept: accept) == format)
  }

  @Test func `numbers are written as Prometheus reads them`() {
    let numbers: [(Double, String)] = [
      (0, "0.0"), (1, "1.0"), (0.0001, "0.0001"), (1e-7, "1e-07"), (1e21, "1e+21"), (.infinity, "+Inf"),
      (-.infinity, "-Inf"), (.nan, "NaN"),
    ]
    for (number, text) in numbers { #expect(Exposition.number(number) == text) }
  }
}
