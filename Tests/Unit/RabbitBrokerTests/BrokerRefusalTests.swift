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

  @Test func `the size limit is read from the server's message`() {
    let text = "PRECONDITION_FAILED - message size 30000 is larger than configured max size 20000"
    #expect(BrokerRefusal(code: 406, text: text, closesConnection: false).messageSizeLimit == 20000)
    let other = "PRECONDITION_FAILED - unknown delivery tag 7"
    #expect(BrokerRefusal(code: 406, text: other, closesConnection: false).messageSizeLimit == nil)
  }
}
