import RabbitBroker
import Foundation
import LiveHarness
import Pipeline
import TestServers

extension Fault {
  /// Faults of workers.
  static let workerFaults =
    [randomKill] + CrashPoint.allCases.map(kill(at:))
    + [killOneOf(2), killOneOf(3), killExclusive, killInCrowd, sigterm]

  private static let randomKill = Fault("kill -9 of the worker at a random moment", strikes: 20, weight: 5) {
    round in
    for _ in 0..<round.strikes {
      try round.send(30)
      let worker = try round.start(prefetch: round.number(1...30))
      if round.number(1...4) == 1 {
        // The worker is killed while it starts.
        try await round.moment(within: .milliseconds(200))
      } else {
        try await worker.isReady()
        try await round.moment(within: .milliseconds(150))
      }
      try await round.kill(worker)
    }
    try await round.finish()
  }

  private static func kill(at point: CrashPoint) -> Fault {
    Fault("kill -9 of the worker, step \"\(point.rawValue)\"", strikes: 10) { round in
      // Every message passes one of these points; only a round or a slice passes the others.
      let latest = point == .published ? 60 : 2
      for _ in 0..<round.strikes {
        try round.send(25)
        let worker = try round.start(
          prefetch: round.number(3...12), crashAt: (point, round.number(1...latest)))
        let client = try round.installation.client()
        try await until("the worker has died at \(point.rawValue)") {
          if !worker.isRunning { return true }
          // There were too few events, or no bad one, to reach that point.
          if try client.count(round.installation.topology.queue) == 0 { try round.send(10) }
          return false
        }
        try await round.noteDeath(of: worker)
      }
      try await round.finish()
    }
  }

  private static func killOneOf(_ count: Int) -> Fault {
    Fault("kill -9 of one of \(count) workers on one queue", strikes: 10, order: .none) { round in
      var workers = try (0..<count).map { _ in try round.start(prefetch: round.number(2...15)) }
      for worker in workers { try await worker.isReady() }
      for _ in 0..<round.strikes {
        try round.send(40)
        try await round.moment(within: .milliseconds(150))
        let victim = round.number(0...count - 1)
        try await round.kill(workers[victim])
        workers[victim] = try round.start(prefetch: round.number(2...15))
      }
      try round.send(5)
      try await round.recovery(since: .now)
      try await round.finish(workers)
    }
  }

  private static let killExclusive = Fault("kill -9 of the exclusive worker, another stands by", strikes: 6) {
    round in
    func standBy() throws -> WorkerProcess {
      try round.start(prefetch: round.number(2...15), isExclusive: true)
    }
    var consumer = try standBy()
    try await consumer.says("consuming the queue")
    for _ in 0..<round.strikes {
      let next = try standBy()
      try await next.says("standing by")
      try round.send(40)
      try await round.moment(within: .milliseconds(150))
      try await round.kill(consumer)
      let isOver = ContinuousClock.now
      try round.send(5)
      try await round.recovery(since: isOver)
      consumer = next
    }
    try await round.finish([consumer])
  }

  private static let crowd = 5000

  private static let killInCrowd = Fault(
    "kill -9 of the worker while a dialog of 5,000 is half done and others pass it", strikes: 3, crowd: crowd,
    isLong: true
  ) { round in
    // The first of them is the one to the crowd.
    try round.send(20)
    for _ in 0..<round.strikes {
      try round.send(round.number(5...20))
      let due = try round.due()
      let worker = try round.start(prefetch: 100)
      try await round.passed(crowd, of: due)
      try await round.moment(within: .milliseconds(150))
      try await round.kill(worker)
    }
    try await round.finish()
  }

  private static let sigterm = Fault("SIGTERM under load", strikes: 10) { round in
    for _ in 0..<round.strikes {
      try round.send(40)
      let worker = try round.start(prefetch: round.number(1...40))
      try await worker.isReady()
      try await round.moment(within: .milliseconds(150))
      let ending = try await worker.terminate()
      if ending != .exited(0) {
        round.note(.behaviour, "a worker ended unexpectedly (\(ending)); \(worker.errors)")
      }
    }
    try await round.finish()
  }
}
