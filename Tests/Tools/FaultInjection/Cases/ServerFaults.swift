import TestServers
import Foundation
import LiveHarness

extension Fault {
  /// Servers that go down and come back while the worker runs.
  static let serverFaults = [
    restart("kill -9 and restart of RabbitMQ", strikes: 8, rabbit: true),
    restart("kill -9 and restart of MongoDB", strikes: 8, mongo: true),
    restart("kill -9 and restart of both at once", strikes: 4, rabbit: true, mongo: true),
  ]

  private static func restart(_ name: String, strikes: Int, rabbit: Bool = false, mongo: Bool = false)
    -> Fault
  {
    Fault(name, strikes: strikes) { round in
      let worker = try round.start(prefetch: round.number(5...30))
      try await worker.isReady()
      if rabbit { try await round.stage.rabbit.keepDeclarations() }
      for _ in 0..<round.strikes {
        try round.send(60)
        try await round.progress(round.number(1...30))
        try await round.restart(
          rabbit: rabbit, mongo: mongo, downFor: .milliseconds(round.number(0...1500)))
        let isUp = ContinuousClock.now
        try round.send(5)
        try await round.recovery(since: isUp)
      }
      try await round.finish([worker])
    }
  }
}
