import Pipeline

/// How to connect to a broker, and what the ends of the pipeline use on it.
package struct BrokerConfiguration: Sendable {
  /// The server, or the nodes of a cluster, and the user to log in as.
  package var url: BrokerURL
  package var topology: BrokerTopology
  /// How many deliveries may be unacknowledged at most; by default as many as a round has. This is the
  /// back-pressure of the whole pipeline.
  package var prefetch = UInt16(clamping: PipelineLimits().openEvents)
  /// Whether to consume the queue only while nobody else does; off by default. While another consumer has the
  /// queue, the source stands by.
  package var isExclusive = false
  /// The pause between two attempts to become the exclusive consumer; 1 s by default.
  package var standByPause: Duration = .seconds(1)
  /// The interval of heartbeats when the URL names none, in seconds; 20 by default, 0 for none. A peer that
  /// is silent for twice as long counts as gone.
  package var heartbeat = 20
  /// The time limit for reaching the server and logging in when the URL names none; 10 s by default.
  package var connectionTimeout: Duration = .seconds(10)
  /// The time limit for a single answer of the server; 20 s by default.
  package var answerTimeout: Duration = .seconds(20)
  /// How long the server may confirm nothing at all, although it takes messages; 30 s by default. A healthy one
  /// confirms within a second.
  package var confirmTimeout: Duration = .seconds(30)
  /// The largest body that is sent, in bytes; by default 128 MiB, which is the server's own default. When a
  /// server reports a lower limit, that limit holds.
  package var maximumMessageSize = 134_217_728
  /// How many times at most a message is sent that the server refuses with a nack; 3 by default.
  package var publishAttempts = 3
  /// The name in the server's list of connections.
  package var connectionName = "chat3-update-worker"
  /// Called with changes that an operator wants to know about; does nothing by default. It must return at
  /// once.
  package var onNotice: @Sendable (BrokerNotice) -> Void = { _ in }

  /// Sets everything else to its default.
  package init(url: BrokerURL, topology: BrokerTopology) {
    self.url = url
    self.topology = topology
  }

  /// The longest that one of several hosts is waited for, when it is to be reached, if the URL names no time limit for
  /// that, and for each of its answers. A node that is cut off must not hold up the way to the others.
  private static let longestOfSeveral = Duration.seconds(5)
  /// The longest that one of several hosts may confirm nothing. RabbitMQ 3.10 neither answers nor confirms on a channel
  /// that needed a quorum queue while the node of its leader was suspended, and another node may.
  private static let longestConfirmOfSeveral = Duration.seconds(10)

  /// The configuration for one host of the URL.
  func limited(to url: BrokerURL) -> BrokerConfiguration {
    var only = self
    if self.url.addresses.count > 1 {
      only.connectionTimeout = min(connectionTimeout, Self.longestOfSeveral)
      only.answerTimeout = min(answerTimeout, Self.longestOfSeveral)
      only.confirmTimeout = min(confirmTimeout, Self.longestConfirmOfSeveral)
    }
    only.url = url
    return only
  }

  var effectiveHeartbeat: Int { url.heartbeat ?? heartbeat }
  var effectiveConnectionTimeout: Duration { url.connectionTimeout ?? connectionTimeout }
}
