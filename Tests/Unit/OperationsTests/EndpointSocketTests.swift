import Foundation
import TestServers
import TestTraits
import Testing

@testable import Operations

/// The endpoint on a socket, with a monitor that has heard nothing yet.
@Suite(.bounded, .serialized) struct EndpointSocketTests {
  private static func address(_ host: String = "127.0.0.1", port: Int = 0) -> EndpointAddress {
    EndpointAddress(host: host, port: port)
  }

  /// Lends an endpoint at a free port.
  private func withEndpoint(
    host: String = "127.0.0.1", _ body: (Endpoint) async throws -> Void
  ) async throws {
    let endpoint = try await Endpoint.start(
      at: Self.address(host), monitor: WorkerMonitor(version: "1.2.3"),
      onFault: { Issue.record("the endpoint has ended: \($0)") })
    do {
      try await body(endpoint)
    } catch {
      await endpoint.close()
      throw error
    }
    await endpoint.close()
  }

  @Test func `answers have length, type and no cache; HEAD has the same without a body`() async throws {
    try await withEndpoint { endpoint in
      let port = endpoint.address.port
      for (path, type) in [
        ("/health/live", "application/json"), ("/status", "application/json"),
        ("/metrics", "text/plain; version=0.0.4; charset=utf-8"),
      ] {
        let answer = try PlainHTTP.get(path, port: port)
        #expect(answer.status == 200)
        #expect(answer.fields["content-type"] == type)
        #expect(answer.fields["content-length"] == "\(answer.body.utf8.count)")
        #expect(answer.fields["cache-control"] == "no-store")
        let head = try PlainHTTP.get(path, port: port, method: "HEAD")
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect((head.fields["content-length"].flatMap { Int($0) } ?? 0) > 0)
      }
      let metrics = try PlainHTTP.get("/metrics", port: port, accept: "application/openmetrics-text")
      #expect(metrics.fields["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
      #expect(metrics.body.hasSuffix("\n# EOF\n"))
    }
  }

  @Test func `other methods get 405 with what is allowed, other paths 404`() async throws {
    try await withEndpoint { endpoint in
      let refused = try PlainHTTP.get("/metrics", port: endpoint.address.port, method: "POST")
      #expect(refused.status == 405)
      #expect(refused.fields["allow"] == "GET, HEAD")
      #expect(try PlainHTTP.get("/nothing", port: endpoint.address.port).status == 404)
    }
  }

  @Test func `a connection serves many requests one after another`() async throws {
    try await withEndpoint { endpoint in
      let client = try PlainHTTP(port: endpoint.address.port)
      for _ in 0..<200 { #expect(try client.request("/metrics").status == 200) }
      // Two at once are answered in turn.
      try client.send("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\nGET /nothing HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try client.answer()?.status == 200)
      #expect(try client.answer()?.status == 404)
    }
  }

  @Test func `the connection ends when the client says that it is done, after its answers`() async throws {
    try await withEndpoint { endpoint in
      let request = "GET /health/live HTTP/1.1\r\nHost: h\r\n"
      for (text, isDone, answers) in [
        ("\(request)\r\n\(request)\r\n", true, 2),
        ("\(request)Connection: close\r\n\r\n\(request)\r\n", false, 1),
        ("GET /health/live HTTP/1.0\r\n\r\n", false, 1), ("\(request)Upgrade: h2c\r\n\r\n", false, 1),
        ("", true, 0),
      ] {
        let client = try PlainHTTP(port: endpoint.address.port)
        let start = ContinuousClock.now
        try client.send(text)
        if isDone { client.finishSending() }
        for _ in 0..<answers {
          let answer = try #require(try client.answer())
          #expect(answer.status == 200)
          if !isDone { #expect(answer.fields["connection"] == "close") }
        }
        #expect(try client.awaitEnd() == 0)
        // Not because its time was up.
        #expect(ContinuousClock.now - start < .seconds(4))
      }
    }
  }

  @Test func `many requests at once are answered in turn, as fast as the client takes the answers`()
    async throws
  {
    try await withEndpoint { endpoint in
      let client = try PlainHTTP(port: endpoint.address.port)
      try client.send(Self.manyRequests)
      for number in 0..<2 * Self.many {
        #expect(try client.answer()?.fields["content-type"]?.hasPrefix("text/plain") == true, "\(number)")
        if number == 10 { try client.send(Self.manyRequests) }
      }
    }
  }

  /// As many requests as one connection may have waiting. Their answers are more than the system keeps for it.
  private static let many = 300
  private static let manyRequests = String(repeating: "GET /metrics HTTP/1.1\r\n\r\n", count: many)

  @Test func `a request line and header over 8 kB are cut off, and others are still served`() async throws {
    try await withEndpoint { endpoint in
      let port = endpoint.address.port
      let long = String(repeating: "a", count: 8000)
      #expect(try PlainHTTP.get("/metrics?\(long)", port: port).status == 200)
      for request in [
        "GET /\(long)\(long) HTTP/1.1\r\n", "GET / HTTP/1.1\r\nA: \(long)\r\nB: \(long)\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 9000\r\n\r\n\(long)\(long)",
      ] {
        let client = try PlainHTTP(port: port)
        // The server may have closed the connection before all is sent.
        try? client.send(request)
        #expect(try client.awaitEnd() == 0)
        #expect(try PlainHTTP.get("/health/live", port: port).status == 200)
      }
    }
  }

  @Test func `what is no HTTP gets 400 after the answers before it, and the connection ends`() async throws {
    try await withEndpoint { endpoint in
      for garbage in [
        "\u{16}\u{3}\u{1} hello\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n",
      ] {
        let client = try PlainHTTP(port: endpoint.address.port)
        let start = ContinuousClock.now
        try client.send("GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n\(garbage)")
        #expect(try client.answer()?.status == 200)
        let answer = try #require(try client.answer())
        #expect(answer.status == 400 && answer.fields["connection"] == "close")
        #expect(try client.awaitEnd() == 0)
        #expect(ContinuousClock.now - start < .seconds(4))
      }
      #expect(try PlainHTTP.get("/health/live", port: endpoint.address.port).status == 200)
    }
  }

  @Test func `a client that takes over 5 s to ask is cut off, however it dawdles`() async throws {
    try await withEndpoint { endpoint in
      let port = endpoint.address.port
      let clients = try (0..<3).map { _ in try PlainHTTP(port: port) }
      let greedy = try PlainHTTP(port: port, room: 4096)
      let start = ContinuousClock.now
      // One that says nothing, one that stops in the middle, one that has asked before, and one that takes no answer.
      try clients[1].send("GET /metrics HTTP/1.1\r\nHost:")
      try greedy.send(Self.manyRequests)
      let answer = try clients[2].request("/metrics")
      #expect(answer.status == 200)
      for client in clients { #expect(try client.awaitEnd() == 0) }
      let time = ContinuousClock.now - start
      #expect(time > .seconds(4) && time < .seconds(15))
      // Nothing shows that its time is up, which began with the last answer that the system has kept for it.
      try await Task.sleep(for: .seconds(3))
      let taken = try greedy.awaitEnd()
      #expect(taken > 0 && taken < Self.many * answer.body.utf8.count, "\(taken) bytes")
    }
  }

  @Test func `the 65th connection is closed at once, and one that goes makes room`() async throws {
    try await withEndpoint { endpoint in
      let port = endpoint.address.port
      var clients: [PlainHTTP] = []
      for _ in 0..<64 { clients.append(try PlainHTTP(port: port)) }
      // An answer shows that the endpoint has taken the last of them.
      for client in clients { #expect(try client.request("/health/live").status == 200) }
      let surplus = try PlainHTTP(port: port)
      #expect(try surplus.awaitEnd() == 0)
      clients.removeLast(10)
      try await until("there is room again") {
        guard let next = try? PlainHTTP.get("/health/live", port: port) else { return false }
        return next.status == 200
      }
    }
  }

  @Test func `an address that is taken is an error that names it, and a usual port is passed over`()
    async throws
  {
    try await withEndpoint { endpoint in
      let taken = Self.address(port: endpoint.address.port)
      let error = await #expect(throws: EndpointError.self) {
        _ = try await Endpoint.start(at: taken, monitor: WorkerMonitor(version: "1"), onFault: { _ in })
      }
      #expect(error?.message.contains("\(taken)") == true)
      #expect(error?.message.contains("UPDATE_WORKER_HTTP") == true)
    }
    var endpoints: [Endpoint] = []
    for _ in 0..<2 {
      let monitor = WorkerMonitor(version: "1")
      if let endpoint = try await Endpoint.start(.usual, monitor: monitor, onFault: { _ in }) {
        endpoints.append(endpoint)
      }
    }
    let ports = endpoints.map(\.address.port)
    #expect(Set(ports).count == ports.count)
    #expect(ports.allSatisfy(EndpointSetting.usualPorts.contains))
    for endpoint in endpoints { await endpoint.close() }
    let off = try await Endpoint.start(.off, monitor: WorkerMonitor(version: "1"), onFault: { _ in })
    #expect(off == nil)
  }

  @Test func `it listens on IPv6 too`() async throws {
    try await withEndpoint(host: "::1") { endpoint in
      #expect(endpoint.address.description == "[::1]:\(endpoint.address.port)")
      let answer = try PlainHTTP.get("/health/live", host: "::1", port: endpoint.address.port)
      #expect(answer.status == 200)
    }
  }

  @Test func `closing ends idle connections at once`() async throws {
    let endpoint = try await Endpoint.start(
      at: Self.address(), monitor: WorkerMonitor(version: "1"), onFault: { _ in })
    let client = try PlainHTTP(port: endpoint.address.port)
    #expect(try client.request("/metrics").status == 200)
    let start = ContinuousClock.now
    await endpoint.close()
    #expect(try client.awaitEnd() == 0)
    #expect(ContinuousClock.now - start < .seconds(4))
    #expect(throws: TestServerError.self) { try PlainHTTP(port: endpoint.address.port) }
  }

  /// NIO traps if a connection that was accepted is dropped before anybody handles it.
  @Test func `closing while clients connect drops no connection`() async throws {
    for _ in 0..<5 {
      let endpoint = try await Endpoint.start(
        at: Self.address(), monitor: WorkerMonitor(version: "1"), onFault: { _ in })
      let clients = try (0..<30).map { _ in try PlainHTTP(port: endpoint.address.port) }
      await endpoint.close()
      for client in clients { #expect(try client.awaitEnd() == 0) }
    }
  }
}
