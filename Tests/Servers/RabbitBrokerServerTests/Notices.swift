@testable import RabbitBroker

/// Collects notices, and lets a test wait for one.
final class Notices: Sendable {
  private let stream = AsyncStream<BrokerNotice>.makeStream()

  func note(_ notice: BrokerNotice) { stream.continuation.yield(notice) }

  /// Waits for a notice that satisfies `condition`.
  func wait(for condition: @Sendable (BrokerNotice) -> Bool) async {
    for await notice in stream.stream where condition(notice) { return }
  }

  /// Waits for a connection; returns its port, and the ports that were passed over before.
  func connection() async -> (port: Int, passedOver: [Int]) {
    var passedOver: [Int] = []
    for await notice in stream.stream {
      switch notice {
      case .passedOver(let host, _): passedOver.append(host.port)
      case .connected(let host): return (host.port, passedOver)
      default: break
      }
    }
    return (0, passedOver)
  }
}
