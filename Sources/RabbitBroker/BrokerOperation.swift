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
}
