/// Whoever can tell how a broker stands, without changing it.
package protocol BrokerExaminer: Sendable {
  /// Asks the broker. Every question is bounded in time. Failures are facts, too.
  func examine() async -> BrokerFacts
}

/// How a broker stands. What was not asked, because an earlier question failed, is `nil` or missing.
package struct BrokerFacts: Sendable {
  /// An exchange or a queue, compared with what the worker would declare.
  package enum Declaration: Sendable, Equatable {
    case equal
    case missing
    /// It exists with other properties; how they differ, in the server's words.
    case different(String)
    /// It exists; without the right to declare it, its properties cannot be compared.
    case unseen
  }

  package struct Exchange: Sendable {
    package let name: String
    package let declaration: Declaration

    package init(name: String, declaration: Declaration) {
      self.name = name
      self.declaration = declaration
    }
  }

  package struct Queue: Sendable {
    package let name: String
    package var declaration: Declaration
    /// Messages that nobody has been given.
    package var messages = 0
    package var consumers = 0

    package init(name: String, declaration: Declaration, messages: Int = 0, consumers: Int = 0) {
      self.name = name
      self.declaration = declaration
      self.messages = messages
      self.consumers = consumers
    }
  }

  /// One right of the user (docs/security.md).
  package struct Right: Sendable, Hashable {
    package enum Action: String, Sendable {
      case configure, write, read
    }

    package let action: Action
    /// The name as permissions have it: `amq.default` for the default exchange.
    package let resource: String

    package init(_ action: Action, _ resource: String) {
      self.action = action
      self.resource = resource
    }
  }

  /// What the management plugin says besides.
  package struct Management: Sendable {
    /// The routing keys with which the worker's queue is bound to the events exchange.
    package var bindings: [String]
    /// `classic`, `quorum`, `stream`.
    package var queueType: String
    /// How often a quorum queue delivers a message before it lets go of it; `nil`: that is not set.
    package var deliveryLimit: Int?

    package init(bindings: [String], queueType: String, deliveryLimit: Int? = nil) {
      self.bindings = bindings
      self.queueType = queueType
      self.deliveryLimit = deliveryLimit
    }
  }

  /// Host and port of the server that was asked; of all of them where none could be.
  package var location: String
  /// Why others of several hosts cannot be used, in a sentence each.
  package var unreachableHosts: [String] = []
  package var isLocal: Bool
  package var transport: TransportFacts
  /// Why no host can be used at all, in a sentence with its remedy.
  package var unreachable: String?
  /// Why the examination ended early, in a sentence.
  package var interruption: String?
  package var version: Answer<String>?
  /// Why the server takes no messages; `nil` inside: it takes them.
  package var alarm: Answer<String?>?
  package var events: Exchange?
  package var updates: Exchange?
  package var queue: Queue?
  package var deadLetters: Queue?
  package var rights: [Right: Answer<Bool>] = [:]
  package var management: Answer<Management>?

  package init(location: String, isLocal: Bool, transport: TransportFacts) {
    self.location = location
    self.isLocal = isLocal
    self.transport = transport
  }
}
