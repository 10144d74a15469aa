import Foundation
import LiveHarness
import TestServers

extension Fault {
  /// Faults of the network to a server.
  static let networkFaults = Way.allCases.flatMap { way in
    [
      ending(way, .cut, "cut"), ending(way, .reset, "reset"), blackHole(way),
      harm(way, "1-byte fragments", events: 20) { _ in .fragments },
      harm(way, way == .mongo ? "slow database" : "delay", events: 30) {
        .delay(.milliseconds($0.number(10...60)))
      },
    ]
  }

  private enum Way: String, CaseIterable {
    case amqp = "RabbitMQ"
    case mongo = "MongoDB"

    func proxy(_ round: Round) -> FaultProxy {
      self == .amqp ? round.stage.amqpProxy : round.stage.mongoProxy
    }
  }

  /// Connections end in the middle of the traffic, often within a frame.
  private static func ending(_ way: Way, _ ending: FaultProxy.Ending, _ name: String) -> Fault {
    Fault("connections to \(way.rawValue): \(name)", strikes: 5) { round in
      try await round.underLoad(events: 40) { round, _ in
        let proxy = way.proxy(round)
        proxy.end(ending, after: round.number(0...20_000), round.number(0...1) == 0 ? .toServer : .toClient)
        try await round.moment(within: .seconds(1))
        if proxy.isEndingPlanned { proxy.end(ending) }
        try await until("the connections are ended") { !proxy.isEndingPlanned }
      }
    }
  }

  /// Holds the bytes for longer than either side waits. Both give up their connections, and the bytes arrive
  /// late.
  private static func blackHole(_ way: Way) -> Fault {
    // When RabbitMQ notices, it redelivers what it believes lost, possibly after events that came in the
    // meantime.
    Fault(
      "connections to \(way.rawValue): black hole", order: way == .amqp ? .redeliveriesApart : .all
    ) { round in
      if way == .amqp { try await round.watchDeliveries() }
      // libmongoc may have bridged the gap with a retry.
      try await round.underLoad(events: 60, isSlow: true, felt: way == .amqp ? waiting : nil) { round, _ in
        let proxy = way.proxy(round)
        let directions = [FaultProxy.Direction.allCases, [.toServer], [.toClient]][round.number(0...2)]
        proxy.set(.hold, directions)
        try await Task.sleep(for: .milliseconds(round.number(4000...5000)))
        proxy.heal()
      }
    }
  }

  private static func harm(
    _ way: Way, _ name: String, events: Int,
    _ interference: @escaping @Sendable (Round) -> FaultProxy.Interference
  ) -> Fault {
    Fault("connections to \(way.rawValue): \(name)") { round in
      let proxy = way.proxy(round)
      proxy.set(interference(round))
      let worker = try round.start(prefetch: round.number(3...20), throughProxies: true)
      try round.send(events)
      try await round.progress(events)
      proxy.heal()
      let isOver = ContinuousClock.now
      try round.send(5)
      try await round.recovery(since: isOver)
      try await round.finish([worker])
    }
  }
}
