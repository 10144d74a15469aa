/// How to connect to a broker, and what the ends of the pipeline use there.
package struct BrokerConfiguration: Sendable {
  /// The URL where none is set: a server on this machine.
  package static let defaultURL = "amqp://guest:guest@localhost:5672/"

  /// Where and as whom to connect.
  package var url: BrokerURL
  /// Exchanges and queues.
  package var topology = BrokerTopology()
  /// Unacknowledged deliveries at most, count; 300 by default. The back-pressure of the whole way.
  package var prefetch: UInt16 = 300
  /// Whether no other may consume the queue meanwhile; off by default. While another does, the source stands by.
  package var isExclusive = false
  /// The pause between two tries to become the exclusive consumer; 1 s by default.
  package var standByPause: Duration = .seconds(1)
  /// Interval of heartbeats when the URL names none, in seconds; 20 by default, 0 for none. A peer that is
  /// silent for twice as long is taken for gone.
  package var heartbeat = 20
  /// For reaching the server and logging in, when the URL names none; 10 s by default.
  package var connectionTimeout: Duration = .seconds(10)
  /// For a single answer of the server; 20 s by default.
  package var answerTimeout: Duration = .seconds(20)
  /// The largest body that is tried, in bytes; 128 MiB, the server's own default, by default. A server with a
  /// lower limit is understood when it says so.
  package var maximumMessageSize = 134_217_728
  /// How often a message that the server refuses with a nack is sent at most; 3 by default.
  package var publishAttempts = 3
  /// Shown in the server's list of connections.
  package var connectionName = "chat3-update-worker"
  /// Told of changes that an operator wants to know of; nobody by default. Must return at once.
  package var onNotice: @Sendable (BrokerNotice) -> Void = { _ in }

  /// Everything at its default but the URL.
  package init(url: BrokerURL) {
    self.url = url
  }

  /// Everything at its default but the URL.
  ///
  /// - Throws: ``BrokerError`` when the URL makes no sense.
  package init(url: String) throws(BrokerError) {
    self.url = try BrokerURL(url)
  }

  var effectiveHeartbeat: Int { url.heartbeat ?? heartbeat }
  var effectiveConnectionTimeout: Duration { url.connectionTimeout ?? connectionTimeout }
}
