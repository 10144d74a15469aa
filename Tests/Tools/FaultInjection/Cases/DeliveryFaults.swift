import RabbitBroker
import LiveHarness

extension Fault {
  /// Events that come twice, and some that come late: another consumer has had them and has given them back.
  static let deliveries = Fault(
    "duplicate and reordered deliveries", order: .redeliveriesApart, repeats: 30
  ) { round in
    try await round.watchDeliveries()
    try round.send(60)
    let worker = try await round.withEventsHeldBack(round.number(5...20)) {
      let worker = try round.start(prefetch: round.number(3...30))
      try await round.progress(20)
      return worker
    }
    try await round.finish([worker])
  }
}

extension Round {
  /// Another consumer holds the next events until `body` has ended, then gives them back.
  func withEventsHeldBack<Result>(_ count: Int, _ body: () async throws -> Result) async throws -> Result {
    let holder = try installation.client()
    // They go back with their client.
    defer { withExtendedLifetime(holder) {} }
    for _ in 0..<count { _ = try holder.get(installation.topology.queue, keeping: true) }
    return try await body()
  }
}
