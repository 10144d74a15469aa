import Foundation
package import Maintenance
import Support

/// Asks a broker how it stands. It changes nothing there: what it declares cannot be made, or is there already, and
/// the one message that it sends is for a queue that does not exist.
package actor BrokerExamination: BrokerExaminer {
  /// With all hosts.
  private let given: BrokerConfiguration
  /// With the host that is asked.
  private var configuration: BrokerConfiguration
  private let managementPort: Int
  private let thread = ThreadExecutor(name: "rabbit-doctor")

  /// - Parameter managementPort: Where the management plugin listens, on the same host.
  package init(_ configuration: BrokerConfiguration, managementPort: Int) {
    var configuration = configuration
    configuration.connectionName += " (doctor)"
    configuration.answerTimeout = .seconds(3)
    // All hosts are tried, one after the other.
    let longest = Duration.seconds(5) / configuration.url.addresses.count
    configuration.url.connectionTimeout = min(configuration.effectiveConnectionTimeout, longest)
    (given, self.configuration) = (configuration, configuration)
    self.managementPort = managementPort
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  package func examine() -> BrokerFacts {
    let addresses = given.url.addresses
    var facts = BrokerFacts(
      location: given.url.location,
      isLocal: addresses.allSatisfy { ["localhost", "127.0.0.1", "::1"].contains($0.host) },
      transport: transport())
    let breaker = SocketBreaker()
    guard let handle = connect(breaker, &facts) else { return facts }
    defer { handle.close() }
    facts.version = .known(handle.serverVersion ?? "unknown")
    do throws(BrokerError) {
      try ask(handle, &facts)
    } catch {
      facts.interruption = error.message
      return facts
    }
    // A server that takes no messages reads nothing more on this connection, so it would not answer a farewell either.
    if case .known(.some) = facts.alarm { breaker.breakOff() }
    facts.management = BrokerManagement(configuration, port: managementPort).answer()
    return facts
  }

  /// Tries all hosts; the first that lets the worker in is the one that is asked.
  private func connect(_ breaker: SocketBreaker, _ facts: inout BrokerFacts) -> ConnectionHandle? {
    var found: ConnectionHandle?
    var faults: [(host: BrokerAddress, error: BrokerError)] = []
    for address in given.url.addresses {
      var only = given
      only.url = given.url.only(address)
      do throws(BrokerError) {
        let handle = try ConnectionHandle(only, breaker: found == nil ? breaker : SocketBreaker())
        if found == nil {
          (found, configuration) = (handle, only)
        } else {
          handle.close()
        }
      } catch {
        faults.append((address, error))
      }
    }
    if found == nil {
      facts.unreachable = BrokerError(faults, of: given.url).message
    } else {
      facts.location = configuration.url.location
      facts.unreachableHosts = faults.map(\.error.message)
    }
    return found
  }

  private func transport() -> TransportFacts {
    guard let tls = given.url.tls else { return TransportFacts(isEncrypted: false) }
    let limit = Duration.milliseconds(1500) / given.url.addresses.count
    let certificates = given.url.addresses.map { address in
      let end: Answer<Date>
      do throws(TCPSocket.Failure) {
        end = .known(try PeerCertificate.end(host: address.host, port: address.port, limit: limit))
      } catch {
        end = .failed(error.description)
      }
      return TransportFacts.Certificate(server: address.description, end: end)
    }
    return TransportFacts(
      isEncrypted: true, verifiesServer: tls.verifiesPeer, certificates: certificates)
  }

  private func ask(_ handle: ConnectionHandle, _ facts: inout BrokerFacts) throws(BrokerError) {
    let topology = configuration.topology
    let (events, updates) = (topology.eventsExchange, topology.updatesExchange)
    facts.isPassive = !topology.isDeclared
    facts.expectedType = topology.queueType.rawValue
    for exchange in topology.isDeclared ? [events, updates] : [] {
      facts.rights[.init(.configure, exchange)] = try right { () throws(BrokerError) in
        try handle.declareImpossibleExchange(exchange)
      }
    }
    for queue in configuration.declaredQueues {
      facts.rights[.init(.configure, queue)] = try right { () throws(BrokerError) in
        try handle.declareImpossibleQueue(queue)
      }
    }
    facts.rights[.init(.read, topology.queue)] = try right { () throws(BrokerError) in
      try handle.consumeImpossibly(topology.queue)
    }
    // Unbinding what is not bound takes the rights to write to the one and to read from the other.
    let pass = try refusal { () throws(BrokerError) in
      try handle.unbindNothing(exchange: updates, from: events)
    }
    let isAboutUpdates = pass?.contains("exchange '\(updates)'") ?? false
    facts.rights[.init(.write, updates)] = answer(isAboutUpdates ? pass : nil)
    if topology.isDeclared {
      let bind = try refusal { () throws(BrokerError) in
        try handle.unbindNothing(queue: topology.queue, from: events)
      }
      let isAboutQueue = bind?.contains("queue '") ?? false
      facts.rights[.init(.write, topology.queue)] = answer(isAboutQueue ? bind : nil)
      // The right to write is asked for first, so whoever lacks it twice hides whether there is the right to read.
      if !isAboutQueue {
        facts.rights[.init(.read, events)] = answer(bind)
      } else if !isAboutUpdates {
        facts.rights[.init(.read, events)] = answer(pass)
      }
    }

    facts.events = try exchange(events, facts, handle)
    facts.updates = try exchange(updates, facts, handle)
    facts.queue = try queue(topology.eventDeclaration, facts, handle)
    facts.deadLetters = try queue(topology.deadLetterDeclaration, facts, handle)
    try publish(handle, &facts)
  }

  // MARK: - Questions

  /// What the server says when it refuses; `nil` when the user has the right.
  private func refusal(_ question: () throws(BrokerError) -> Void) throws(BrokerError) -> String? {
    do {
      try question()
    } catch {
      switch error.code {
      case .accessRefused: return error.message
      // The server looks at the right before it looks at anything else, and has not minded it.
      case .otherDeclaration, .isQuorumQueue, .isClassicQueue, .notFound, .inUse: return nil
      default: throw error
      }
    }
    return nil
  }

  private func right(_ question: () throws(BrokerError) -> Void) throws(BrokerError) -> Answer<Bool> {
    answer(try refusal(question))
  }

  private func answer(_ refusal: String?) -> Answer<Bool> { refusal.map { .refused($0) } ?? .known(true) }

  private func exchange(
    _ name: String, _ facts: BrokerFacts, _ handle: ConnectionHandle
  ) throws(BrokerError) -> BrokerFacts.Exchange {
    let isThere = try exists { () throws(BrokerError) in try handle.findExchange(name) } != nil
    let declaration = try declaration(isThere: isThere, name, facts, handle) { () throws(BrokerError) in
      try handle.declareExchange(name)
    }
    return BrokerFacts.Exchange(name: name, declaration: declaration)
  }

  private func queue(
    _ queue: BrokerTopology.Declaration, _ facts: BrokerFacts, _ handle: ConnectionHandle
  ) throws(BrokerError) -> BrokerFacts.Queue {
    let name = queue.name
    let found = try exists { () throws(BrokerError) in try handle.findQueue(name) }
    let declaration = try declaration(isThere: found != nil, name, facts, handle) { () throws(BrokerError) in
      try handle.declareQueue(queue, mayBeFound: false)
    }
    return BrokerFacts.Queue(
      name: name, declaration: declaration, messages: found?.messages ?? 0, consumers: found?.consumers ?? 0)
  }

  private func exists<Found>(
    _ question: () throws(BrokerError) -> Found
  ) throws(BrokerError) -> Found? {
    do {
      return try question()
    } catch {
      guard error.code == .notFound else { throw error }
      return nil
    }
  }

  /// Compares what is there with what the worker declares, by declaring the same: the server then makes nothing, and
  /// refuses what is different.
  private func declaration(
    isThere: Bool, _ name: String, _ facts: BrokerFacts, _ handle: ConnectionHandle,
    _ declare: () throws(BrokerError) -> Void
  ) throws(BrokerError) -> BrokerFacts.Declaration {
    guard isThere else { return .missing }
    if facts.isPassive { return .taken }
    if case .refused = facts.rights[.init(.configure, name)] { return .unseen }
    do {
      try declare()
      return .equal
    } catch {
      guard [.otherDeclaration, .isQuorumQueue, .isClassicQueue].contains(error.code) else { throw error }
      // The refusal has closed the channel.
      try handle.openChannel()
      return error.code == .otherDeclaration
        ? .different(error.difference) : .otherType(error.code == .isQuorumQueue ? "quorum" : "classic")
    }
  }

  /// Sends a message that reaches nobody. Only when it publishes does a client hear that the server takes no
  /// messages; and it takes the right to write to the default exchange, as dead letters do.
  private func publish(_ handle: ConnectionHandle, _ facts: inout BrokerFacts) throws(BrokerError) {
    let right = BrokerFacts.Right(.write, "amq.default")
    switch try handle.publishToNobody(patience: .seconds(2)) {
    case .returned:
      facts.rights[right] = .known(true)
      facts.alarm = .known(nil)
    case .blocked(let reason):
      facts.alarm = .known(reason)
    case .refused(let refusal):
      facts.rights[right] = .refused(refusal)
      facts.alarm = .known(nil)
    case .silence:
      facts.alarm = .failed("it does not answer a message within 2 s")
    }
  }
}

extension BrokerConfiguration {
  /// The queues that the worker declares.
  fileprivate var declaredQueues: [String] {
    (topology.isDeclared ? [topology.queue, topology.deadLetterQueue] : []) + [topology.sweepQueue]
      + (isExclusive && topology.queueType == .quorum ? [topology.ownerQueue] : [])
  }
}

extension BrokerError {
  /// What the server says of two declarations that differ.
  fileprivate var difference: String {
    guard let start = message.firstRange(of: "("), let end = message.lastIndex(of: ")"),
      start.upperBound <= end
    else { return message }
    return String(message[start.upperBound..<end])
  }
}
