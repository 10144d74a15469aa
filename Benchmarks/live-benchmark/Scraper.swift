import Foundation
import Synchronization
import TestServers

/// Whether the worker has its endpoint during a benchmark, and how often its metrics are fetched.
struct EndpointUse {
  /// 0: never.
  let scrapesPerSecond: Int
  /// The value of `--http` of the worker.
  let setting: String
  let port: Int

  init(isOn: Bool, scrapesPerSecond: Int) throws {
    self.scrapesPerSecond = scrapesPerSecond
    port = try LoopbackPort.free()
    setting = isOn ? "127.0.0.1:\(port)" : "off"
  }
}

/// Fetches `/metrics` evenly, on one connection, and notes how long each answer takes.
final class Scraper: Sendable {
  private struct State {
    var isStopped = false
    var times: [Double] = []
    var fault: String?
  }

  private let state = Mutex(State())
  private let finished = DispatchSemaphore(value: 0)

  init(_ use: EndpointUse) {
    let thread = Thread { [self] in
      do {
        try run(use)
      } catch {
        state.withLock { $0.fault = "\(error)" }
      }
      finished.signal()
    }
    thread.start()
  }

  /// Ends it; returns the times in milliseconds.
  func stop() throws -> [Double] {
    state.withLock { $0.isStopped = true }
    finished.wait()
    if let fault = state.withLock({ $0.fault }) { throw BenchmarkError("scraping has failed: \(fault)") }
    return state.withLock { $0.times }
  }

  private func run(_ use: EndpointUse) throws {
    let client = try PlainHTTP(port: use.port)
    let start = Clock.now()
    let interval = UInt64(1_000_000_000 / use.scrapesPerSecond)
    var count: UInt64 = 0
    while !state.withLock({ $0.isStopped }) {
      // What is late is not made up for by asking twice at once.
      count = max(count + 1, (Clock.now() - start) / interval)
      Clock.sleep(until: start + count * interval)
      let asked = Clock.now()
      guard try client.request("/metrics").status == 200 else { throw BenchmarkError("no answer") }
      let time = Double(Clock.now() - asked) / 1e6
      state.withLock { $0.times.append(time) }
    }
  }
}
