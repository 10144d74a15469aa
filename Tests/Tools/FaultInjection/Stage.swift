import RabbitBroker
import Foundation
import LiveHarness
import SpecModel
import Synchronization
import TestServers

/// Three nodes of RabbitMQ with a proxy in front of each.
struct ClusterStage: Sendable {
  let nodes: RabbitCluster
  /// In the order of the nodes.
  let proxies: [FaultProxy]

  fileprivate init() async throws {
    nodes = try await RabbitCluster()
    proxies = try nodes.nodes.map { try FaultProxy(of: $0.port) }
  }

  /// Lets everything work again.
  fileprivate func heal() async throws {
    for proxy in proxies { proxy.heal() }
    try await nodes.heal()
  }
}

/// Real servers with a proxy in front of each. They serve one round after another.
package final class Stage: Sendable {
  let rabbit: RabbitServer
  let mongo: MongoServer
  /// The server that fails on request.
  private let failingMongo: MongoServer
  let amqpProxy: FaultProxy
  let mongoProxy: FaultProxy
  /// Started when a fault needs it.
  private let cluster = Mutex<Task<ClusterStage, any Error>?>(nil)

  package init() async throws {
    rabbit = try await RabbitServer()
    mongo = try await MongoServer(.fast)
    failingMongo = try await MongoServer(.secantusDB)
    amqpProxy = try FaultProxy(of: rabbit.port)
    mongoProxy = try FaultProxy(of: mongo.port)
  }

  private func startedCluster() async throws -> ClusterStage {
    try await cluster.withLock { cluster in
      if let cluster { return cluster }
      let fresh = Task { try await ClusterStage() }
      cluster = fresh
      return fresh
    }.value
  }

  /// Plays one round of a fault and judges its outcome. If RabbitMQ has lost what is needed to judge it, the
  /// round is played once more.
  package func play(_ fault: Fault, strikes: Int, seed: UInt64) async -> RoundResult {
    do {
      return try await attempt(fault, strikes: strikes, seed: seed)
    } catch {
      print(
        "\(fault.name): RabbitMQ has lost the binding of the tap; the round is played again"
      )
    }
    do {
      return try await attempt(fault, strikes: strikes, seed: seed)
    } catch {
      var result = RoundResult()
      result.verdict.note(.behaviour, "RabbitMQ has lost the binding of the tap, twice")
      return result
    }
  }

  private func attempt(_ fault: Fault, strikes: Int, seed: UInt64) async throws(LostBinding) -> RoundResult {
    var result = RoundResult()
    var lostBinding: LostBinding?
    do {
      let mongo = if case .secantusDB = fault.server { failingMongo } else { mongo }
      let cluster = fault.needsCluster ? try await startedCluster() : nil
      let installation = try await Installation(
        rabbit: cluster == nil ? rabbit : nil, cluster: cluster?.nodes, mongo: mongo)
      let round = try Round(
        self, installation, mongo, cluster, of: fault, seed: seed, strikes: strikes)
      do {
        try await fault.strike(round)
      } catch {
        // The outcome is judged all the same.
        round.note(.behaviour, "\(error)")
      }
      amqpProxy.heal()
      mongoProxy.heal()
      do {
        try await cluster?.heal()
        try await round.judge(fault.order)
      } catch let error as LostBinding {
        lostBinding = error
      } catch {
        round.note(.behaviour, "the outcome cannot be judged: \(error)")
      }
      result = round.result
      try await installation.remove()
      try installation.client().delete(
        queues: [installation.topology.queue, installation.topology.deadLetterQueue, installation.tap],
        exchanges: [installation.topology.eventsExchange, installation.topology.updatesExchange])
    } catch {
      result.verdict.note(.behaviour, "the round could not be played: \(error)")
    }
    if let lostBinding { throw lostBinding }
    return result
  }
}

/// The outcome of a round.
package struct RoundResult: Sendable {
  package var workerKills = 0
  package var rabbitKills = 0
  package var mongoKills = 0
  /// How many events were sent.
  package var events = 0
  /// How many updates were due for them.
  package var updates = 0
  /// From the end of a fault until the next update was published and marked, in seconds.
  package var recoveries: [Double] = []
  package var verdict = Verdict()

  /// Adds the figures of another round.
  package static func += (left: inout RoundResult, right: RoundResult) {
    left.workerKills += right.workerKills
    left.rabbitKills += right.rabbitKills
    left.mongoKills += right.mongoKills
    left.events += right.events
    left.updates += right.updates
    left.recoveries += right.recoveries
    left.verdict += right.verdict
  }
}
