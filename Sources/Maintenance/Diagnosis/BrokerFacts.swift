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
    /// The queue exists with another type: `quorum` or `classic`.
    case otherType(String)
    /// It exists; without the right to declare it, its properties cannot be compared.
    case unseen
    /// It exists, and nothing is declared.
    case taken
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
    /// A queue as the plugin shows it.
    package struct Queue: Sendable {
      /// `classic`, `quorum`, `stream`.
      package var type: String
      /// How often a message may come back to a quorum queue before the queue drops it; `nil`: that is not set.
      package var deliveryLimit: Int?
      /// Whether the limit is set by a policy, not by an argument of the queue.
      package var isLimitedByPolicy: Bool

      package init(type: String, deliveryLimit: Int? = nil, isLimitedByPolicy: Bool = true) {
        self.type = type
        self.deliveryLimit = deliveryLimit
        self.isLimitedByPolicy = isLimitedByPolicy
      }
    }

    /// The routing keys with which the worker's queue is bound to the events exchange.
    package var bindings: [String]
    package var queue: Queue
    /// `nil`: the plugin does not show it.
    package var deadLetters: Queue?

    package init(bindings: [String], queue: Queue, deadLetters: Queue? = nil) {
      self.bindings = bindings
      self.queue = queue
      self.deadLetters = deadLetters
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
  /// Whether the worker declares nothing.
  package var isPassive = false
  /// The type that the queues are to have.
  package var expectedType = "classic"
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
