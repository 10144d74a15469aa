import Testing

@testable import RabbitBroker

/// What is made of the faults of several hosts.
@Suite struct HostFaultTests {
  private func error(_ faults: [(String, BrokerError.Code, Bool)]) throws -> BrokerError {
    let url = try BrokerURL("amqp://a,b,c")
    let faults = faults.map { host, code, isRetryable in
      (
        host: BrokerAddress(host: host, port: 5672, virtualHost: "/"),
        error: BrokerError(code, "\(host) is \(code.rawValue).", isRetryable: isRetryable)
      )
    }
    return BrokerError(faults, of: url)
  }

  @Test func `hosts that are all down are an outage, told in the order of the URL`() throws {
    let error = try error([("c", .timeout, true), ("a", .unreachable, true), ("b", .unreachable, true)])
    #expect(error.code == .unreachable && error.isRetryable)
    #expect(
      error.message == "None of the 3 hosts in RABBITMQ_URL can be used. a is unreachable. b is unreachable. "
        + "c is timeout.")
  }

  @Test func `what concerns every host is told alone, and waiting does not mend it`() throws {
    let error = try error([("c", .unreachable, true), ("a", .wrongCredentials, false)])
    #expect(
      error.code == .wrongCredentials && !error.isRetryable && error.message == "a is wrong-credentials.")
    #expect(error.concernsEveryHost)
  }

  @Test func `a certificate for another name is a fault of that host alone`() throws {
    let mixed = try error([("a", .certificateName, false), ("b", .unreachable, true)])
    #expect(mixed.isRetryable && mixed.message.contains("a is") && mixed.message.contains("b is"))
    #expect(try !error([("a", .certificateName, false), ("b", .untrustedCertificate, false)]).isRetryable)
  }

  @Test func `the fault of a single host is told as it is`() throws {
    let error = try error([("a", .unreachable, true)])
    #expect(error == BrokerError(.unreachable, "a is unreachable.", isRetryable: true))
  }
}
