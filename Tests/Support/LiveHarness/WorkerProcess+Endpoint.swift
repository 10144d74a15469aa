package import TestServers

/// The endpoint of a worker that was started with `--http`.
extension WorkerProcess {
  /// The port that it listens at on 127.0.0.1.
  package func endpointPort() async throws -> Int {
    try await says("health and metrics are to be had")
    let words = errors.split(separator: "\n").first { $0.contains("health and metrics are to be had") }
    let digits = words?.firstRange(of: "127.0.0.1:").map { range in
      words?[range.upperBound...].prefix { $0.isNumber } ?? ""
    }
    guard let port = digits.flatMap({ Int($0) }) else {
      throw TestServerError("the worker does not say where its endpoint is: \(errors)")
    }
    return port
  }

  /// What the endpoint answers now.
  package func get(_ path: String, accept: String? = nil) async throws -> PlainHTTP.Answer {
    try PlainHTTP.get(path, port: try await endpointPort(), accept: accept)
  }

  /// Waits until the worker is ready, or is not.
  package func isReady(_ isReady: Bool, within limit: Duration = .seconds(60)) async throws
    -> PlainHTTP.Answer
  {
    let port = try await endpointPort()
    var answer = try PlainHTTP.get("/health/ready", port: port)
    try await until("the worker is \(isReady ? "" : "not ") ready; it says \(answer.body)", within: limit) {
      answer = try PlainHTTP.get("/health/ready", port: port)
      return (answer.status == 200) == isReady
    }
    return answer
  }

  /// The values of all series, by name and labels as `/metrics` writes them, without the prefix.
  package func metrics() async throws -> [String: Double] {
    var values: [String: Double] = [:]
    for line in try await get("/metrics").body.split(separator: "\n") where !line.hasPrefix("#") {
      guard let space = line.lastIndex(of: " "), let value = Double(line[space...].dropFirst()) else {
        throw TestServerError("this is no sample: \(line)")
      }
      let name = line[..<space]
      let prefix = "updateworker_"
      values[String(name.hasPrefix(prefix) ? name.dropFirst(prefix.count) : name)] = value
    }
    return values
  }
}
