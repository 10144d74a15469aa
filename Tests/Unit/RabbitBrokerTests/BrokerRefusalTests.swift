import Testing

@testable import RabbitBroker

@Suite struct BrokerRefusalTests {
  private let address = BrokerAddress(host: "h", port: 1, virtualHost: "v")

  private func error(_ code: UInt16, _ text: String, _ operation: BrokerOperation) -> BrokerError {
    BrokerRefusal(code: code, text: text, closesConnection: true).error(during: operation, at: address)
  }

  @Test func `outages and faults of the configuration are told apart`() {
    #expect(error(320, "CONNECTION_FORCED - broker forced", .other).isRetryable)
    #expect(error(541, "INTERNAL_ERROR - vhost '/' is down", .connecting).isRetryable)
    #expect(error(530, "NOT_ALLOWED - connection limit (1) is reached", .connecting).isRetryable)
    #expect(error(404, "NOT_FOUND - no exchange", .publishing("e")).isRetryable)
    #expect(error(999, "", .other).isRetryable)
    #expect(!error(530, "NOT_ALLOWED - vhost v not found", .connecting).isRetryable)
    #expect(!error(403, "ACCESS_REFUSED - Login was refused", .connecting).isRetryable)
    #expect(!error(403, "ACCESS_REFUSED - access to queue refused", .consuming("q")).isRetryable)
    #expect(!error(406, "PRECONDITION_FAILED - inequivalent arg", .declaringQueue("q")).isRetryable)
  }

  @Test func `an exclusive consumer elsewhere is recognised`() {
    let text = "ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use"
    #expect(error(403, text, .consuming("q")).code == .inUse)
  }

  private static let isQuorum =
    "PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received none but "
    + "current is the value 'quorum' of type 'longstr'"
  private static let isClassic =
    "PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received the value "
    + "'quorum' of type 'longstr' but current is none"

  @Test func `a queue of another type is told from other differences, with the remedy of each case`() {
    let cases: [(String, BrokerOperation, BrokerError.Code, [String])] = [
      (Self.isQuorum, .declaringQueue("q"), .isQuorumQueue, ["is a quorum queue", "QUEUE_TYPE=quorum"]),
      (
        Self.isClassic, .declaringQueue("q"), .isClassicQueue,
        ["is a classic queue", "QUEUE_TYPE=classic", "docs/quorum-queues.md"]
      ),
      (Self.isQuorum, .declaringDeadLetters("q"), .isQuorumQueue, ["is a quorum queue", "delete it"]),
      (Self.isClassic, .declaringDeadLetters("q"), .isClassicQueue, ["is a classic queue", "delete it"]),
      (
        Self.isClassic.replacing("none", with: "the value 'stream' of type 'longstr'"), .declaringQueue("q"),
        .isClassicQueue, ["'stream'"]
      ),
      (
        "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/': received '5' but "
          + "current is '3600000'", .declaringQueue("q"), .otherDeclaration, ["x-message-ttl", "delete it"]
      ),
    ]
    for (text, operation, code, words) in cases {
      let error = error(406, text, operation)
      #expect(error.code == code && !error.isRetryable)
      for word in words { #expect(error.message.contains(word), "\(error.message)") }
    }
  }

  @Test
  func `what a passive worker misses is a fault with a remedy, but a queue whose node is down is an outage`()
  {
    let missing = error(404, "NOT_FOUND - no queue 'q' in vhost '/'", .expectingQueue("q"))
    #expect(missing.code == .notFound && !missing.isRetryable)
    for word in ["passive", "the queue \"q\"", "docs/operating.md", "UPDATE_WORKER_TOPOLOGY=declare"] {
      #expect(missing.message.contains(word), "\(missing.message)")
    }
    let exchange = error(404, "NOT_FOUND - no exchange 'e' in vhost '/'", .expectingExchange("e"))
    #expect(!exchange.isRetryable && exchange.message.contains("durable topic exchange"))
    let text = "NOT_FOUND - home node 'rabbit@a' of durable queue 'q' in vhost '/' is down or inaccessible"
    #expect(error(404, text, .expectingQueue("q")).isRetryable)
  }

  @Test func `the size limit is read from the server's message`() {
    let text = "PRECONDITION_FAILED - message size 30000 is larger than configured max size 20000"
    #expect(BrokerRefusal(code: 406, text: text, closesConnection: false).messageSizeLimit == 20000)
    let other = "PRECONDITION_FAILED - unknown delivery tag 7"
    #expect(BrokerRefusal(code: 406, text: other, closesConnection: false).messageSizeLimit == nil)
  }
}
