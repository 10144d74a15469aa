import Pipeline
import Testing

@testable import Operations

/// The setting, and the answers without a socket.
@Suite struct EndpointTests {
  private let monitor = WorkerMonitor(version: "1.2.3")

  private func answer(_ method: String, _ target: String, accept: String? = nil) -> EndpointAnswer {
    EndpointAnswer(to: method, target, accept: accept, monitor: monitor)
  }

  @Test(arguments: [
    ("127.0.0.1:9464", "127.0.0.1", 9464), ("[::1]:9464", "::1", 9464), ("localhost:0", "localhost", 0),
    ("0.0.0.0:65535", "0.0.0.0", 65_535),
  ])
  func `a host and a port are an address`(text: String, host: String, port: Int) {
    #expect(EndpointSetting(text) == .address(EndpointAddress(host: host, port: port)))
    #expect(EndpointAddress(text)?.description == text)
  }

  @Test(arguments: [
    "", "9464", ":9464", "localhost", "localhost:", "localhost:65536", "localhost:-1", "localhost:+1",
    "::1:9464", "[::1]", "[::1]9464", "[]:1", "[localhost]:1", "http://localhost:9464", "a b:1",
    "localhost:1x",
    "OFF", "user@host:1",
  ])
  func `anything else is none`(text: String) { #expect(EndpointSetting(text) == nil) }

  @Test func `off is off`() { #expect(EndpointSetting("off") == .off) }

  @Test func `paths, methods and queries are told apart`() {
    for path in ["/health/live", "/health/started", "/health/ready", "/metrics", "/status"] {
      #expect([200, 503].contains(answer("GET", path).status))
      #expect(answer("HEAD", path + "?a=b").status == answer("GET", path).status)
      for method in ["POST", "PUT", "DELETE", "OPTIONS", "BREW"] {
        #expect(answer(method, path).status == 405)
        #expect(answer(method, path).allow == "GET, HEAD")
      }
    }
    #expect(answer("GET", "http://worker:9464/metrics?a=b://c").status == 200)
    for path in [
      "", "/", "/metrics/", "/Metrics", "/health", "*", "/status%00", "http://worker", "/a://b/metrics",
    ] {
      #expect(answer("GET", path).status == 404)
    }
  }

  @Test func `a worker that starts is live, and neither started nor ready`() {
    #expect(answer("GET", "/health/live").body == "{\"status\":\"live\"}\n")
    #expect(answer("GET", "/health/started").status == 503)
    #expect(answer("GET", "/health/ready").status == 503)
    #expect(answer("GET", "/health/ready").body.contains("\"status\":\"unready\""))
  }

  @Test func `a reason with quotes is still JSON`() {
    monitor.lost(.publish, because: "no \"queue\"\nhere \\")
    #expect(answer("GET", "/health/ready").body.contains(#"publish: no \"queue\"\nhere \\"#))
    #expect(answer("GET", "/status").status == 200)
  }
}
