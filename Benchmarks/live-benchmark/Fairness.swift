import BSON
import Foundation
import Pipeline
import TestServers

/// Events to dialogs of two members, 20 a second, while one event to a large dialog is handled.
struct Fairness {
  private static let interval: UInt64 = 50_000_000
  /// Without a large dialog, so many events are enough.
  private static let idleEvents = 200

  /// Of the large dialog; 0 for none.
  let members: Int

  /// Measures a new process of the worker. Returns the figures in a line.
  func run(_ program: String, servers: Servers, folder: String) throws -> String {
    let database = "fairness_\(MongoServer.newDatabase())"
    let mongo = try MongoConnection(uri: servers.mongoURI(database), database: database)
    // Half of the large dialog's members get statistics too, so its event is the first of a burst.
    let large = Load(recipients: max(2, members), events: Load.burst)
    let small = Load(recipients: 2, events: members > 0 ? 4000 : Self.idleEvents, first: 1_000_000)
    let state =
      try large.state()
      + small.state().filter { change in
        // Its users are among those of the large dialog.
        !change.records.contains { [.users, .metas].contains($0.collection) }
      }
    try Bench.insert(state, into: mongo)
    try Bench.indexState(of: mongo)
    let arena = Arena()
    let worker = try WorkerProcess(
      program: program, mongo: servers.mongoURI(database), rabbit: servers.rabbitURL, http: "off",
      folder: folder)
    while try servers.broker.look(at: Bench.eventQueue).consumers == 0 {
      try worker.check()
      Clock.sleep(until: Clock.now() + 20_000_000)
    }
    servers.tap.expect(.max)
    if members > 0 {
      try servers.pacer.send(PreparedMessage(event: large.event(0), in: arena), to: Bench.events)
    }
    let start = Clock.now()
    var sent = 0
    while sent < small.events {
      let arrivals = try servers.tap.arrivals()
      if members > 0, arrivals.lazy.filter({ $0.event == 0 }).count >= members + (members - 1) / 2 { break }
      Clock.sleep(until: start + UInt64(sent) * Self.interval)
      try servers.pacer.send(PreparedMessage(event: small.event(sent), in: arena), to: Bench.events)
      sent += 1
      try worker.check()
    }
    Clock.sleep(until: Clock.now() + 2_000_000_000)
    try worker.stop()
    let arrivals = try servers.tap.arrivals()
    // The first ordinary update and the last one of an event count; the rest lies between.
    let latencies = arrivals.filter { $0.event >= small.first }.map {
      Double($0.time - (start + UInt64($0.event - small.first) * Self.interval)) / 1e6
    }.sorted()
    let last = arrivals.filter { $0.event == 0 }.map(\.time).max() ?? start
    guard latencies.count >= 2 * sent else { throw BenchmarkError("some of \(sent) events had no updates") }
    return String(
      format: "beside a dialog of %d (%.1f s, %d updates): %d events to two, "
        + "ms: p50 %.1f, p99 %.1f, longest %.1f",
      members, Double(last - start) / 1e9, arrivals.count { $0.event == 0 }, sent,
      latencies[latencies.count / 2], latencies[latencies.count * 99 / 100], latencies[latencies.count - 1])
  }
}
