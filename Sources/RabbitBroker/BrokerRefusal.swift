/// A `connection.close` or `channel.close` from the server: AMQP's reply code and text.
struct BrokerRefusal: Sendable, Equatable {
  let code: UInt16
  let text: String
  /// Whether the whole connection is gone, not just the channel.
  let closesConnection: Bool

  /// The refusal as an error. Its meaning depends on what was being done.
  func error(during operation: BrokerOperation, at address: BrokerAddress) -> BrokerError {
    switch code {
    case 320: forced(address)
    case 403: accessRefused(operation, address)
    case 404: notFound(operation, address)
    case 405:
      fault(
        .inUse, "Another connection to RabbitMQ at \(address) holds the queue exclusively: \(detail).",
        isRetryable: true)
    case 406: preconditionFailed(operation, address)
    case 530: notAllowed(operation, address)
    case 311:
      fault(
        .messageTooLarge, "RabbitMQ at \(address) refuses the message: \(detail).", isRetryable: false)
    case 402, 501, 502, 503, 504, 505:
      fault(
        .protocolViolation, "RabbitMQ at \(address) reports a violation of the protocol: \(detail).",
        isRetryable: true)
    default:
      fault(
        .connectionLost, "The worker cannot \(operation.words): RabbitMQ at \(address) reports: \(detail).",
        isRetryable: true)
    }
  }

  /// The limit in bytes that a message exceeded; `nil` when the refusal is about something else.
  var messageSizeLimit: Int? {
    guard code == 406, text.contains("message size"),
      let last = text.split(whereSeparator: { !$0.isNumber }).last
    else { return nil }
    return Int(last)
  }

  /// The server's text without the code word at its start.
  private var detail: String {
    let halves = text.split(separator: " - ", maxSplits: 1)
    return halves.count == 2 ? String(halves[1]) : text.isEmpty ? "code \(code)" : text
  }

  private func fault(_ code: BrokerError.Code, _ message: String, isRetryable: Bool) -> BrokerError {
    BrokerError(code, message, isRetryable: isRetryable, replyCode: self.code)
  }

  private func forced(_ address: BrokerAddress) -> BrokerError {
    fault(.connectionForced, "RabbitMQ at \(address) closed the connection: \(detail).", isRetryable: true)
  }

  private func accessRefused(_ operation: BrokerOperation, _ address: BrokerAddress) -> BrokerError {
    if operation == .connecting {
      return fault(
        .wrongCredentials,
        "RabbitMQ at \(address) refuses the user name or password; correct them in RABBITMQ_URL (the user "
          + "\"guest\" may log in only from the server's own machine).",
        isRetryable: false)
    }
    if case .consuming(let queue) = operation, text.contains("exclusive use") {
      return fault(
        .inUse, "Another worker consumes the queue \"\(queue)\" exclusively.", isRetryable: true)
    }
    return fault(
      .accessRefused,
      "RabbitMQ at \(address) does not allow this user to \(operation.words): \(detail); give the user "
        + "\(operation.right) (rabbitmqctl set_permissions).",
      isRetryable: false)
  }

  private func preconditionFailed(_ operation: BrokerOperation, _ address: BrokerAddress) -> BrokerError {
    switch operation {
    case .declaringQueue(let name), .declaringDeadLetters(let name):
      otherType(name, isForDeadLetters: operation == .declaringDeadLetters(name))
        ?? fault(
          .otherDeclaration,
          "The queue \"\(name)\" exists with other properties (\(detail)); empty it and delete it, so that the "
            + "worker can make it again, or choose another one with UPDATE_WORKER_QUEUE.",
          isRetryable: false)
    case .declaringExchange(let name):
      fault(
        .otherDeclaration,
        "The exchange \"\(name)\" exists with other properties (\(detail)); it must be a durable topic "
          + "exchange: delete it, or choose another one with RABBITMQ_EVENTS_EXCHANGE or "
          + "RABBITMQ_UPDATES_EXCHANGE.",
        isRetryable: false)
    case .examining(let name):
      fault(
        .otherDeclaration, "RabbitMQ at \(address) does not consume \"\(name)\" like this: \(detail).",
        isRetryable: false)
    default:
      fault(
        messageSizeLimit == nil ? .protocolViolation : .messageTooLarge,
        "The worker cannot \(operation.words): RabbitMQ at \(address) reports: \(detail).",
        isRetryable: messageSizeLimit == nil)
    }
  }

  /// The refusal to declare a queue that is there with another type; `nil` when it is about something else.
  private func otherType(_ name: String, isForDeadLetters: Bool) -> BrokerError? {
    guard text.contains("'x-queue-type'") else { return nil }
    let isQuorum = text.contains("current is the value 'quorum'")
    guard isQuorum || text.contains("received the value 'quorum'") else { return nil }
    let (actual, wanted) = isQuorum ? ("quorum", "classic") : ("classic", "quorum")
    let remedy =
      if isForDeadLetters {
        "send its letters back or drop them (dead-letters), and delete it, so that the worker can make it again"
      } else if isQuorum {
        "set UPDATE_WORKER_QUEUE_TYPE=quorum, or choose another queue with UPDATE_WORKER_QUEUE"
      } else {
        "set UPDATE_WORKER_QUEUE_TYPE=classic, or go over to a quorum queue as docs/quorum-queues.md tells"
      }
    return fault(
      isQuorum ? .isQuorumQueue : .isClassicQueue,
      "The queue \"\(name)\" is a \(actual) queue, and UPDATE_WORKER_QUEUE_TYPE is \(wanted) (\(detail)); "
        + "\(remedy).",
      isRetryable: false)
  }

  private func notFound(_ operation: BrokerOperation, _ address: BrokerAddress) -> BrokerError {
    // A queue whose node is down is not found either, but waiting helps.
    let isMissing = text.contains("no queue '") || text.contains("no exchange '")
    let remedy: String
    switch operation {
    case .expectingExchange(let name) where isMissing:
      remedy = "the exchange \"\(name)\"; declare it as a durable topic exchange"
    case .expectingQueue(let name) where isMissing:
      remedy = "the queue \"\(name)\"; declare it as docs/operating.md tells"
    default:
      return fault(
        .notFound, "The worker cannot \(operation.words): RabbitMQ at \(address) reports: \(detail).",
        isRetryable: true)
    }
    return fault(
      .notFound,
      "UPDATE_WORKER_TOPOLOGY is passive, and RabbitMQ at \(address) does not have \(remedy), or let the worker "
        + "do so with UPDATE_WORKER_TOPOLOGY=declare.",
      isRetryable: false)
  }

  private func notAllowed(_ operation: BrokerOperation, _ address: BrokerAddress) -> BrokerError {
    if operation == .connecting, text.contains("limit") {
      return fault(
        .accessRefused, "RabbitMQ at \(address) accepts no more connections: \(detail).", isRetryable: true)
    }
    if operation == .connecting {
      return fault(
        .unknownVirtualHost,
        "RabbitMQ at \(address) does not let this user into the virtual host \"\(address.virtualHost)\" "
          + "(\(detail)); create it, give the user permissions for it, or correct the path of RABBITMQ_URL.",
        isRetryable: false)
    }
    return fault(
      .accessRefused, "RabbitMQ at \(address) does not allow this user to \(operation.words): \(detail).",
      isRetryable: false)
  }
}
