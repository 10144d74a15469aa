@testable import RabbitBroker

/// Collects notices, and lets a test wait for one.
final class Notices: Sendable {
  private let stream = AsyncStream<BrokerNotice>.makeStream()

  func note(_ notice: BrokerNotice) { stream.continuation.yield(notice) }

  /// Waits for a notice that satisfies `condition`.
  func wait(for condition: @Sendable (BrokerNotice) -> Bool) async {
    for await notice in stream.stream where condition(notice) { return }
  }
}
