/// How to connect to a broker, and what the ends of the pipeline use there.
public struct BrokerConfiguration: Sendable {
  /// Where and as whom to connect.
  public var url: BrokerURL
  /// Exchanges and queues.
  public var topology = BrokerTopology()
  /// Unacknowledged deliveries at most, count; 300 by default. The back-pressure of the whole way.
  public var prefetch: UInt16 = 300
  /// Whether no other may consume the queue meanwhile; off by default. While another does, the source stands by.
  public var isExclusive = false
  /// The pause between two tries to become the exclusive consumer; 1 s by default.
  public var standByPause: Duration = .seconds(1)
  /// Interval of heartbeats when the URL names none, in seconds; 20 by default, 0 for none. A peer that is
  /// silent for twice as long is taken for gone.
  public var heartbeat = 20
  /// For reaching the server and logging in, when the URL names none; 10 s by default.
  public var connectionTimeout: Duration = .seconds(10)
  /// For a single answer of the server; 20 s by default.
  public var answerTimeout: Duration = .seconds(20)
  /// The largest body that is tried, in bytes; 128 MiB, the server's own default, by default. A server with a
  /// lower limit is understood when it says so.
  public var maximumMessageSize = 134_217_728
  /// How often a message that the server refuses with a nack is sent at most; 3 by default.
  public var publishAttempts = 3
  /// Shown in the server's list of connections.
  public var connectionName = "chat3-update-worker"
  /// Told of changes that an operator wants to know of; nobody by default. Must return at once.
  public var onNotice: @Sendable (BrokerNotice) -> Void = { _ in }

  /// Everything at its default but the URL.
  public init(url: BrokerURL) {
    self.url = url
  }

  /// Everything at its default but the URL.
  ///
  /// - Throws: ``BrokerError`` when the URL makes no sense.
  public init(url: String) throws(BrokerError) {
    self.url = try BrokerURL(url)
  }

  var effectiveHeartbeat: Int { url.heartbeat ?? heartbeat }
  var effectiveConnectionTimeout: Duration { url.connectionTimeout ?? connectionTimeout }
}

/// The exchanges and queues of an installation (spec sections 5, 7 and 8).
public struct BrokerTopology: Sendable, Hashable {
  /// Where events come from: a durable topic exchange.
  public var eventsExchange = "chat3_events"
  /// Where updates go: a durable topic exchange.
  public var updatesExchange = "chat3_updates"
  /// The worker's queue.
  public var queue = "update_worker_queue"
  /// How long an event stays in the queue at most, in milliseconds.
  public static let timeToLive: Int64 = 3_600_000

  /// Where bad events go: the queue's name and `.dead`.
  public var deadLetterQueue: String { queue + ".dead" }

  /// Who has this one sweeps: nothing is ever in it, but only one connection can have it.
  public var sweepQueue: String { queue + ".sweep" }

  /// The names of existing installations.
  public init() {}
}

/// A change that an operator wants to know of.
public enum BrokerNotice: Sendable, Equatable {
  /// The server takes no more messages for now (memory, disk); publishing waits.
  case blocked(reason: String)
  /// The server takes messages again.
  case unblocked
  /// Another worker consumes the queue exclusively; this one waits for it to go.
  case standingBy
  /// This worker has become the queue's consumer.
  case consuming
}
