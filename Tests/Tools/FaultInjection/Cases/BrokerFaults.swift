import TestServers
import Foundation
import LiveHarness

extension Fault {
  /// What a running broker does to its clients.
  static let brokerFaults = [
    blocked("memory") { try await $0.setMemoryAlarm($1) }, blocked("disk") { try await $0.setDiskAlarm($1) },
    closedChannels, lateAcknowledgement, closedConnections,
  ]

  /// What the worker logs when it loses a server.
  static let waiting = "waiting for a server"

  private static func blocked(
    _ alarm: String, _ set: @escaping @Sendable (RabbitServer, _ isOn: Bool) async throws -> Void
  ) -> Fault {
    Fault("RabbitMQ takes no messages (\(alarm) alarm)") { round in
      try await round.underLoad(events: 150, isSlow: true) { round, worker in
        let rabbit = round.stage.rabbit
        try await set(rabbit, true)
        do {
          // RabbitMQ tells clients that publish in the meantime.
          try await worker.says("RabbitMQ takes no messages")
        } catch {
          try await set(rabbit, false)
          throw error
        }
        try await round.moment(within: .seconds(2))
        try await set(rabbit, false)
      }
    }
  }

  /// Makes RabbitMQ believe that each channel has acknowledged what it never got, so that it closes the
  /// channel.
  private static let closedChannels = Fault("RabbitMQ closes all channels (406)") { round in
    try await round.underLoad(events: 150, isSlow: true, felt: waiting) { round, _ in
      try await round.stage.rabbit.control(
        "eval",
        "[rabbit_channel:do(Channel, {'basic.ack', 999999, false}) || Channel <- rabbit_channel:list()].")
    }
  }

  private static let closedConnections = Fault("RabbitMQ closes all connections (320)") { round in
    try await round.underLoad(events: 150, isSlow: true, felt: waiting) { round, _ in
      try await round.stage.rabbit.control("close_all_connections", "on purpose")
    }
  }

  /// MongoDB takes longer than RabbitMQ waits for acknowledgements.
  private static let lateAcknowledgement = Fault("RabbitMQ closes the channel for a late acknowledgement") {
    round in
    let rabbit = round.stage.rabbit
    try await rabbit.control(
      "eval",
      "application:set_env(rabbit, consumer_timeout, 1000), application:set_env(rabbit, channel_tick_interval, 300)."
    )
    let worker = try round.start(prefetch: 10, throughProxies: true)
    try await worker.isReady()
    round.stage.mongoProxy.set(.delay(.milliseconds(300)))
    try round.send(30)
    try await worker.says(waiting)
    try await rabbit.control(
      "eval",
      "application:set_env(rabbit, consumer_timeout, 1800000), application:set_env(rabbit, channel_tick_interval, 60000)."
    )
    round.stage.mongoProxy.heal()
    let isOver = ContinuousClock.now
    try round.send(5)
    try await round.recovery(since: isOver)
    if !worker.errors.contains("timed out") {
      round.note(.behaviour, "RabbitMQ did not time out: \(worker.errors)")
    }
    try await round.finish([worker])
  }
}

extension Round {
  /// Strikes while a worker that uses the proxies has work, and waits for its recovery each time. With a slow
  /// database the work lasts for half a minute. If words are given, the worker's log must have them as a sign
  /// that it noticed the fault.
  func underLoad(
    events: Int, isSlow: Bool = false, felt words: String? = nil,
    _ strike: (Round, WorkerProcess) async throws -> Void
  ) async throws {
    let worker = try start(prefetch: number(5...10), throughProxies: true)
    try await worker.isReady()
    for _ in 0..<strikes {
      if isSlow { stage.mongoProxy.set(.delay(.milliseconds(100))) }
      try send(events)
      try await progress(number(1...20))
      try await strike(self, worker)
      stage.mongoProxy.set(.none)
      let isOver = ContinuousClock.now
      try send(5)
      try await recovery(since: isOver)
    }
    if let words, !worker.errors.contains(words) {
      note(.behaviour, "the fault went unnoticed; the log: \(worker.errors)")
    }
    try await finish([worker])
  }
}
