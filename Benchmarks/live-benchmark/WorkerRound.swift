import Foundation

/// What one run of the worker gave.
struct WorkerFigures {
  /// Updates per second, from the first event to the last mark.
  var rate = 0.0
  /// CPU time of the worker per update, in microseconds.
  var cpu = 0.0
  /// Peak memory in bytes.
  var memory = 0
  /// Milliseconds from publishing an event to receiving an update of it, at half of ``rate``.
  var latency = (median: 0.0, p99: 0.0)
  /// Milliseconds that each fetch of `/metrics` took under full load.
  var scrapes: [Double] = []
}

extension Bench {
  /// Measures a new process of the worker, first with a full queue, then with half of the rate that it
  /// reached.
  func worker(_ program: String, folder: String, endpoint: EndpointUse) throws -> WorkerFigures {
    try forgetUpdates()
    let worker = try WorkerProcess(
      program: program, mongo: servers.mongoURI(database), rabbit: servers.rabbitURL,
      http: endpoint.setting, folder: folder)
    while try servers.broker.look(at: Self.eventQueue).consumers == 0 {
      try worker.check()
      Clock.sleep(until: Clock.now() + 20_000_000)
    }
    var figures = WorkerFigures()
    try measureRate(of: worker, endpoint, into: &figures)
    try forgetUpdates()
    figures.latency = try latency(at: figures.rate / 2)
    figures.memory = try worker.peakMemory()
    try worker.stop()
    try checkAllDone()
    return figures
  }

  private func measureRate(
    of worker: WorkerProcess, _ endpoint: EndpointUse, into figures: inout WorkerFigures
  ) throws {
    // All events are in the queue before the worker reads the first.
    worker.pause(true)
    try servers.broker.publish(events, to: Self.events)
    servers.tap.expect(updateCount)
    let cpu = try worker.cpu()
    let start = Clock.now()
    worker.pause(false)
    let scraper = endpoint.scrapesPerSecond > 0 ? Scraper(endpoint) : nil
    let (_, lastId) = try servers.tap.wait(seconds: 120)
    try awaitMark(of: lastId)
    let seconds = Double(Clock.now() - start) / 1e9
    figures.rate = Double(updateCount) / seconds
    if let scraper { figures.scrapes = try scraper.stop() }
    figures.cpu = Double(try worker.cpu() - cpu) / 1e3 / Double(updateCount)
  }

  /// Publishes events evenly for some seconds, as many as make `rate` updates per second.
  private func latency(at rate: Double) throws -> (median: Double, p99: Double) {
    let perEvent = Double(updateCount) / Double(events.count)
    let interval = UInt64(perEvent / rate * 1e9)
    let count = min(events.count, max(5, Int(4e9 / Double(interval))))
    servers.tap.expect(updatesPerEvent.prefix(count).reduce(0, +))
    let start = Clock.now() + 100_000_000
    for index in 0..<count {
      Clock.sleep(until: start + UInt64(index) * interval)
      try servers.pacer.send(events[index], to: Self.events)
    }
    let (arrivals, lastId) = try servers.tap.wait(seconds: 60)
    try awaitMark(of: lastId)
    let latencies = arrivals.map { Double($0.time - (start + UInt64($0.event) * interval)) / 1e6 }.sorted()
    return (latencies[latencies.count / 2], latencies[latencies.count * 99 / 100])
  }
}
