/// What was being done when the server refused it or a call failed, which decides what the failure means and
/// which remedy to name.
enum BrokerOperation: Sendable, Equatable {
  case connecting
  case declaringExchange(String)
  case declaringQueue(String)
  /// Declaring the queue of the dead letters.
  case declaringDeadLetters(String)
  /// Looking for what somebody else has to declare.
  case expectingExchange(String)
  case expectingQueue(String)
  case binding(queue: String, exchange: String)
  case consuming(String)
  case inspecting(String)
  /// Asking to consume a queue in a way that cannot be, to learn whether the user may read from it.
  case examining(String)
  case publishing(String)
  case other

  /// The words that follow "cannot" or "allow this user to" in messages.
  var words: String {
    switch self {
    case .connecting: "log in"
    case .declaringExchange(let name): "declare the exchange \"\(name)\""
    case .declaringQueue(let name), .declaringDeadLetters(let name): "declare the queue \"\(name)\""
    case .expectingExchange(let name): "find the exchange \"\(name)\""
    case .expectingQueue(let name): "find the queue \"\(name)\""
    case .binding(let queue, let exchange): "bind the queue \"\(queue)\" to the exchange \"\(exchange)\""
    case .consuming(let queue): "consume the queue \"\(queue)\""
    case .inspecting(let queue), .examining(let queue): "read the queue \"\(queue)\""
    case .publishing(let exchange):
      exchange.isEmpty ? "publish to the default exchange" : "publish to the exchange \"\(exchange)\""
    case .other: "continue"
    }
  }

  /// The right in RabbitMQ that the operation needs, as messages name it.
  var right: String {
    switch self {
    case .declaringExchange: "the right to configure the exchange"
    case .declaringQueue, .declaringDeadLetters: "the right to configure the queue"
    case .binding: "the rights to write to the queue and to read from the exchange"
    case .consuming, .inspecting, .examining: "the right to read from the queue"
    case .publishing(let exchange):
      "the right to write to \(exchange.isEmpty ? "amq.default, the default exchange" : "the exchange")"
    case .connecting, .expectingExchange, .expectingQueue, .other: "the rights that it needs"
    }
  }
}
