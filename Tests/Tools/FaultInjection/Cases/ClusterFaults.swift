import Foundation
import LiveHarness
import RabbitBroker
import TestServers

extension Fault {
  /// What becomes of the nodes of a cluster while quorum queues carry the traffic.
  static let clusterFaults = [leaderKilled, rollingRestart, majorityLost, suspended, cutOff]

  /// What the worker gets again, it may get after later events: a node that dies gives back what its consumers had.
  private static func onCluster(
    _ name: String, strikes: Int, isLong: Bool = true, throughProxies: Bool = false,
    _ strike: @escaping @Sendable (Round, ClusterStage, WorkerProcess) async throws -> Void
  ) -> Fault {
    Fault(
      "cluster: " + name, strikes: strikes, order: .redeliveriesApart, needsCluster: true, isLong: isLong
    ) { round in
      try await round.watchDeliveries()
      let worker = try round.start(prefetch: round.number(5...30), throughProxies: throughProxies)
      try await worker.isReady()
      let stage = try round.clusterStage()
      for _ in 0..<round.strikes {
        try await stage.nodes.heal()
        try await strike(round, stage, worker)
        try round.noteRedeliveries()
      }
      try await round.finish([worker])
    }
  }

  /// Events are being sent when the node dies.
  private static let leaderKilled = onCluster(
    "kill -9 of the node that leads the queue", strikes: 10, isLong: false
  ) { round, stage, worker in
    let leader = try await stage.nodes.leader(of: round.installation.topology.queue)
    guard let other = stage.nodes.nodes.first(where: { $0 !== leader }) else { return }
    let due = try round.due(withNext: 105)
    var isDead = ContinuousClock.now
    try await round.send(100, through: other) {
      try await round.progress(round.number(1...60))
      try await round.kill([leader])
      isDead = .now
    }
    try round.send(5)
    try await round.caughtUp(worker, with: due, since: isDead, within: .seconds(10))
  }

  private static let rollingRestart = onCluster("rolling restart of all nodes", strikes: 3) {
    round, stage, worker in
    for node in stage.nodes.nodes {
      let due = try round.due(withNext: 60)
      try round.send(60)
      try await round.progress(round.number(1...30))
      try await node.stop()
      let isDown = ContinuousClock.now
      try await round.caughtUp(worker, with: due, since: isDown)
      try round.noteRedeliveries()
      try await stage.nodes.heal()
    }
  }

  /// The node that is left takes nothing and delivers nothing.
  private static let majorityLost = onCluster("two of three nodes killed, and started again", strikes: 4) {
    round, stage, worker in
    let due = try round.due(withNext: 100)
    try round.send(100)
    try await round.progress(round.number(1...60))
    let waits = round.waits(of: worker)
    let left = round.number(0...2)
    try await round.kill(stage.nodes.nodes.enumerated().filter { $0.offset != left }.map(\.element))
    try await round.noticed(by: worker, after: waits, "the loss of two nodes")
    try await round.moment(within: .seconds(3))
    try await stage.nodes.start()
    try await round.caughtUp(worker, with: due, since: .now)
  }

  /// The node keeps its connections and says nothing, until the other nodes do without it.
  private static let suspended = onCluster("the node that the worker consumes from is suspended", strikes: 3)
  {
    round, stage, worker in
    // RabbitMQ 3.10 may confirm nothing on its other nodes either, until the suspended one is dead or goes on.
    try await round.losing(stage, worker, remedy: { try await round.kill([$0]) }) { node, _ in
      try node.freeze()
    }
    try await stage.nodes.isReduced()
  }

  /// The other nodes and the producers still reach the node.
  private static let cutOff = onCluster(
    "the node that the worker consumes from is cut off from the worker", strikes: 4, throughProxies: true
  ) { round, stage, worker in
    try await round.losing(stage, worker) { _, proxy in proxy.set(.hold) }
    for proxy in stage.proxies { proxy.heal() }
  }
}

extension Round {
  /// Makes the node silent from which the worker consumes, under load, and waits until the worker goes on with
  /// another one.
  ///
  /// - Parameter remedy: What is done when the worker has not gone on within a minute; then it has another one.
  func losing(
    _ stage: ClusterStage, _ worker: WorkerProcess, remedy: ((RabbitServer) async throws -> Void)? = nil,
    _ silence: (RabbitServer, FaultProxy) throws -> Void
  ) async throws {
    let node = try await stage.nodes.consumerNode(of: installation.topology.queue)
    guard let index = stage.nodes.nodes.firstIndex(where: { $0 === node }) else { return }
    // None are sent afterwards: RabbitMQ may refuse them to a producer while the queue has no leader.
    let due = try due(withNext: 100)
    try send(100)
    try await progress(number(1...60))
    try silence(node, stage.proxies[index])
    let isSilent = ContinuousClock.now
    do {
      try await caughtUp(worker, with: due, since: isSilent)
    } catch {
      guard let remedy else { throw error }
      try await remedy(node)
      try await caughtUp(worker, with: due, since: isSilent)
    }
  }
}
