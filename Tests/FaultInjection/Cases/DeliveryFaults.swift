import LiveHarness

extension Fault {
  /// Events that come twice, and some that come late: another consumer has had them and has given them back.
  static let deliveries = Fault(
    "duplicate and reordered deliveries", order: .redeliveriesApart, repeats: 30
  ) { round in
    try await round.watchDeliveries()
    for _ in 0..<round.strikes {
      try round.send(60)
      try await round.withEventsHeldBack(round.number(5...20)) {
        let worker = try round.start(prefetch: round.number(3...30))
        try await round.progress(20)
        return worker
      }
    }
  }
}

extension Round {
  /// Another consumer holds the next events while `body` starts a worker, and gives them back when that is at work.
  func withEventsHeldBack(_ count: Int, _ body: () async throws -> WorkerProcess) async throws {
    let worker: WorkerProcess
    do {
      let holder = try installation.client()
      for _ in 0..<count { _ = try holder.get(installation.topology.queue, keeping: true) }
      worker = try await body()
      // The client is needed so long; it goes here, and the events go back.
      withExtendedLifetime(holder) {}
    }
    try await finish([worker])
  }
}
