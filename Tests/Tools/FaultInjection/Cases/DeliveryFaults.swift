import RabbitBroker
import LiveHarness

extension Fault {
  /// Events that are delivered twice or late, because another consumer had them and gave them back.
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
  /// Another consumer holds the next events while `body` runs, then gives them back.
  func withEventsHeldBack<Result>(_ count: Int, _ body: () async throws -> Result) async throws -> Result {
    let holder = try installation.client()
    // The events go back when their client is released.
    defer { withExtendedLifetime(holder) {} }
    for _ in 0..<count { _ = try holder.get(installation.topology.queue, keeping: true) }
    return try await body()
  }
}
