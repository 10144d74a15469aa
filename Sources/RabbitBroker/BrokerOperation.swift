/// What was being done when the server refused or a call failed: decides what a fault means and what to advise.
enum BrokerOperation: Sendable, Equatable {
  case connecting
  case declaringExchange(String)
  case declaringQueue(String)
  case binding(queue: String, exchange: String)
  case consuming(String)
  case inspecting(String)
  case publishing(String)
  case other

  /// As the object of "cannot": for messages.
  var words: String {
    switch self {
    case .connecting: "log in"
    case .declaringExchange(let name): "declare the exchange \"\(name)\""
    case .declaringQueue(let name): "declare the queue \"\(name)\""
    case .binding(let queue, let exchange): "bind the queue \"\(queue)\" to the exchange \"\(exchange)\""
    case .consuming(let queue): "consume the queue \"\(queue)\""
    case .inspecting(let queue): "read the queue \"\(queue)\""
    case .publishing(let exchange):
      exchange.isEmpty ? "publish to the default exchange" : "publish to the exchange \"\(exchange)\""
    case .other: "go on"
    }
  }

  /// The right of RabbitMQ that it needs: for advice.
  var right: String {
    switch self {
    case .declaringExchange, .declaringQueue: "the right to configure it"
    case .binding: "the rights to write to the queue and to read from the exchange"
    case .consuming, .inspecting: "the right to read from it"
    case .publishing(let exchange):
      "the right to write to \(exchange.isEmpty ? "amq.default, the default exchange" : "it")"
    case .connecting, .other: "the rights that it needs"
    }
  }
}
