import TestTraits
import LiveHarness
import Pipeline
import TestServers
import Testing
import Updates

@testable import RabbitBroker

/// Queues of another type than the setting, and what is there without the worker's doing.
@Suite(.bounded) struct QueueTypeTests {
  @Test(arguments: BrokerTopology.QueueType.allCases, [false, true])
  func `a queue of the other type is a fault that says what it is and what to set`(
    _ type: BrokerTopology.QueueType, isForDeadLetters: Bool
  ) async throws {
    let server = try await RabbitServer.shared()
    let configuration = try configuration(server, type: type)
    let topology = configuration.topology
    let client = try BrokerClient(server)
    let isClassic = type == .quorum
    if isForDeadLetters {
      try client.declareQueue(topology.deadLetterQueue, isQuorum: !isClassic)
    } else {
      try client.declareQueue(topology.queue, timeToLive: BrokerTopology.timeToLive, isQuorum: !isClassic)
    }
    let error = try await brokerError { try await BrokerEventSource(configuration).connect() }
    #expect(error.code == (isClassic ? .isClassicQueue : .isQuorumQueue) && !error.isRetryable)
    let words = [
      "\"\(isForDeadLetters ? topology.deadLetterQueue : topology.queue)\" is a \(isClassic ? "classic" : "quorum")",
      isForDeadLetters ? "delete it" : "UPDATE_WORKER_QUEUE_TYPE=\(isClassic ? "classic" : "quorum")",
    ]
    for word in words { #expect(error.message.contains(word), "\(error.message)") }
  }

  /// A configuration that declares nothing, and a client.
  private func passive() async throws -> (BrokerConfiguration, BrokerClient) {
    let server = try await RabbitServer.shared()
    var configuration = try configuration(server)
    configuration.topology.isDeclared = false
    return (configuration, try BrokerClient(server))
  }

  @Test func `without declaring, what is there is taken, whatever its properties are`() async throws {
    let (configuration, client) = try await passive()
    let topology = configuration.topology
    try client.declareExchange(topology.eventsExchange)
    try client.declareExchange(topology.updatesExchange)
    try client.declareQueue(topology.queue, timeToLive: 7_200_000, isQuorum: true)
    try client.declareQueue(topology.deadLetterQueue, timeToLive: 86_400_000)
    try client.bind(topology.queue, to: topology.eventsExchange, "message.#")
    let source = BrokerEventSource(configuration)
    let publisher = BrokerPublisher(configuration)
    try await source.connect()
    try await publisher.connect()
    try client.publish([1], to: topology.eventsExchange, "dialog.update.t")
    try client.publish([2], to: topology.eventsExchange, "message.create.t")
    let delivery = try await source.next(limit: 10)[0]
    #expect(delivery.text == "\u{2}", "it has not bound the queue to everything")
    let letters = BrokerDeadLetters(configuration)
    try await letters.bury(delivery, because: BadEvent("data.x", "is missing", .missing))
    try await source.acknowledge(through: delivery.tag)
    #expect(try client.count(topology.deadLetterQueue) == 1)
    #expect(try await publisher.claim(), "what goes with a connection is declared all the same")
    for end in [source.close, publisher.close, letters.close] { await end() }
  }

  @Test(arguments: ["events", "updates", "queue", "dead letters"])
  func `without declaring, what is missing is a fault that names it, and is not made`(
    _ missing: String
  ) async throws {
    let (configuration, client) = try await passive()
    let topology = configuration.topology
    if missing != "events" { try client.declareExchange(topology.eventsExchange) }
    if missing != "updates" { try client.declareExchange(topology.updatesExchange) }
    if missing != "queue" { try client.declareQueue(topology.queue) }
    if missing != "dead letters" { try client.declareQueue(topology.deadLetterQueue) }
    let name =
      switch missing {
      case "events": topology.eventsExchange
      case "updates": topology.updatesExchange
      case "queue": topology.queue
      default: topology.deadLetterQueue
      }
    for _ in 1...2 {
      let error = try await brokerError { try await BrokerEventSource(configuration).connect() }
      #expect(error.code == .notFound && !error.isRetryable)
      #expect(error.message.contains("\"\(name)\"") && error.message.contains("passive"), "\(error.message)")
    }
  }
}
