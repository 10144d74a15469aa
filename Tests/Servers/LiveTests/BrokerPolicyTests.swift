import Foundation
import LiveHarness
import RabbitBroker
import TestServers
import TestTraits
import Testing

/// What limits, policies and an alternate exchange of RabbitMQ do to the worker (docs/operating.md).
@Suite(.bounded) struct BrokerPolicyTests {
  /// Each event makes one update.
  private static let traffic = Traffic(events: 3, members: 1)
  private static let bad = #"{"_id":"650000000000000000000002","eventType":"dialog.update"}"#

  /// An installation on a server that takes policies, with a member to send updates to.
  private func withPolicies(_ body: (Installation, Policies) async throws -> Void) async throws {
    let rabbit = try await RabbitServer.owned()
    try await withInstallation(rabbit: rabbit) { installation in
      try installation.database.insert(Self.traffic.records, into: "dialogmembers")
      let policies = Policies(rabbit: rabbit)
      do {
        try await body(installation, policies)
      } catch {
        try await policies.clear()
        throw error
      }
      try await policies.clear()
    }
  }

  private func send(_ events: [String], to installation: Installation) throws {
    try installation.client().publish(events, to: installation.topology.eventsExchange, "dialog.update.t")
  }

  private func awaitMarks(_ count: Int, _ installation: Installation) async throws {
    try await until("\(count) updates are published and marked") {
      try installation.database.updates(published: true) == count
    }
  }

  @Test func `a consumer's full queue that drops its oldest messages holds nothing up`() async throws {
    try await withPolicies { installation, policies in
      let (client, gateway) = (try installation.client(), "gateway_\(installation.tap)")
      try client.declareQueue(gateway)
      try client.bind(gateway, to: installation.topology.updatesExchange, "update.#")
      try await policies.set(#"{"max-length":1}"#, on: gateway)
      let worker = try installation.startWorker()
      try send(Self.traffic.events(), to: installation)
      try await awaitMarks(3, installation)
      #expect(try client.count(installation.tap) == 3)
      #expect(try client.drain(gateway).map { $0.headers["eventId"] } == [Traffic.id(2)])
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
    }
  }

  @Test func `a consumer's full queue that rejects messages holds the worker up until it has room`()
    async throws
  {
    try await withPolicies { installation, policies in
      let (client, gateway) = (try installation.client(), "gateway_\(installation.tap)")
      try client.declareQueue(gateway)
      try client.bind(gateway, to: installation.topology.updatesExchange, "update.#")
      try await policies.set(#"{"max-length":1,"overflow":"reject-publish"}"#, on: gateway)
      let worker = try installation.startWorker()
      try send(Self.traffic.events(), to: installation)
      try await worker.says("max-length")
      #expect(worker.errors.contains("waiting for a server"))
      #expect(try installation.database.updates(published: true) < 3)
      // Everybody else gets what is refused, and gets it again with each attempt.
      #expect(try client.count(installation.tap) > 3)
      try await policies.clear()
      try await awaitMarks(3, installation)
      #expect(Set(try client.drain(installation.tap).map(\.messageId)).count == 3)
      #expect(Set(try client.drain(gateway).map { $0.headers["eventId"] }).count == 3)
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      #expect(try client.count(installation.topology.queue) == 0)
    }
  }

  @Test func `a full dead-letter queue that rejects messages holds up a bad event and what follows it`()
    async throws
  {
    try await withPolicies { installation, policies in
      let (client, dead) = (try installation.client(), installation.topology.deadLetterQueue)
      try client.publish([1], to: "", dead)
      try await policies.set(#"{"max-length":1,"overflow":"reject-publish"}"#, on: dead)
      let worker = try installation.startWorker()
      try send([Self.bad], to: installation)
      try await worker.says("max-length")
      #expect(worker.errors.contains("refuses to take a dead letter"))
      try send(Self.traffic.events(), to: installation)
      #expect(try installation.database.updates() == 0)
      try await policies.clear()
      try await awaitMarks(3, installation)
      let letters = try client.drain(dead).map { String(decoding: $0.body, as: UTF8.self) }
      #expect(letters == ["\u{1}", Self.bad])
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
    }
  }

  @Test(arguments: [
    (policy: #"{"max-length":1}"#, left: 1), (#"{"message-ttl":1}"#, 0),
    (#"{"max-length":1,"overflow":"reject-publish"}"#, 1),
  ])
  func `events that a policy drops or refuses never reach the worker, and a backfill makes their updates`(
    policy: String, left: Int
  ) async throws {
    try await withPolicies { installation, policies in
      let (client, queue) = (try installation.client(), installation.topology.queue)
      let events = Self.traffic.events()
      try await installation.archive(events)
      try await policies.set(policy, on: queue)
      for event in events {
        do {
          try client.publish(Array(event.utf8), to: installation.topology.eventsExchange, "dialog.update.t")
        } catch {
          #expect(policy.contains("reject"), "a producer hears of what is refused, and of nothing else")
        }
      }
      try await until("RabbitMQ has carried out the policy") { try client.count(queue) == left }
      let worker = try installation.startWorker()
      try await worker.isReady()
      try await awaitMarks(left, installation)
      try await until("the worker has finished") { try client.count(queue) == 0 }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      #expect(try installation.database.updates(published: true) == left)
      let backfill = try await installation.command("backfill", "--since", "2020-01-01")
      #expect(backfill.ending == .exited(0), "\(backfill.errors)")
      #expect(try await Self.traffic.complaints(about: installation) == [])
    }
  }

  @Test func `a queue that expires stays while it is consumed, and else goes with its events`() async throws {
    try await withPolicies { installation, policies in
      let (client, topology) = (try installation.client(), installation.topology)
      let first = try installation.startWorker()
      try await first.isReady()
      try await policies.set(#"{"expires":400}"#, on: topology.queue)
      // The test is about time: longer than the queue lives without a consumer.
      try await Task.sleep(for: .seconds(1))
      try send(Self.traffic.events(count: 1), to: installation)
      try await awaitMarks(1, installation)
      #expect(try await first.terminate() == .exited(0), "\(first.errors)")
      try send(Self.traffic.events(from: 1, count: 1), to: installation)
      try await until("the queue has expired") {
        // A connection of its own, because RabbitMQ closes the channel of one that asks for what is not there.
        do { _ = try installation.client().consumers(topology.queue) } catch { return true }
        try await Task.sleep(for: .milliseconds(500))
        return false
      }
      let second = try installation.startWorker()
      try await second.isReady()
      try send(Self.traffic.events(from: 2), to: installation)
      try await awaitMarks(2, installation)
      #expect(try await second.terminate() == .exited(0), "\(second.errors)")
      #expect(
        try client.drain(installation.tap).map { $0.headers["eventId"] } == [Traffic.id(0), Traffic.id(2)])
    }
  }

  @Test func `what no queue is bound for goes to an alternate exchange and counts as published`() async throws
  {
    try await withPolicies { installation, policies in
      let (client, rest) = (try installation.client(), "rest_\(installation.tap)")
      try client.declareExchange(rest, type: "fanout")
      try client.declareQueue(rest)
      try client.bind(rest, to: rest, "")
      try client.delete(queue: installation.tap)
      try await policies.set(
        #"{"alternate-exchange":"\#(rest)"}"#, on: installation.topology.updatesExchange, kind: "exchanges")
      let worker = try installation.startWorker()
      try send(Self.traffic.events(), to: installation)
      try await awaitMarks(3, installation)
      #expect(try client.count(rest) == 3)
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
    }
  }

  @Test func `an exchange that was declared with an alternate exchange is a fault with a remedy`()
    async throws
  {
    try await withPolicies { installation, policies in
      let exchange = installation.topology.updatesExchange
      try installation.client().delete(queues: [], exchanges: [exchange])
      try await policies.rabbit.control(
        "eval",
        """
        rabbit_exchange:declare(rabbit_misc:r(<<"/">>, exchange, <<"\(exchange)">>), topic, true, false, false,
          [{<<"alternate-exchange">>, longstr, <<"rest">>}], <<"guest">>).
        """)
      let worker = try installation.startWorker()
      #expect(try await worker.ending() == .exited(64))
      #expect(
        worker.errors.contains(exchange) && worker.errors.contains("alternate-exchange"), "\(worker.errors)")
    }
  }
}

/// Policies that concern one queue or exchange each, of a server that other tests use too.
private final class Policies {
  let rabbit: RabbitServer
  private var names: [String] = []

  init(rabbit: RabbitServer) { self.rabbit = rabbit }

  /// Returns when the policy has taken effect.
  func set(_ definition: String, on name: String, kind: String = "queues") async throws {
    names.append(name)
    try await rabbit.control("set_policy", "--apply-to", kind, name, "^\(name)$", definition)
    try await until("the policy is in force") {
      try await rabbit.control("list_\(kind)", "name", "policy").contains("\(name)\t\(name)")
    }
  }

  /// Ends all policies.
  func clear() async throws {
    for name in names { try await rabbit.control("clear_policy", name) }
    names = []
  }
}
