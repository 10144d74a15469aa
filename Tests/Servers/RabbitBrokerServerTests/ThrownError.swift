import Testing

@testable import RabbitBroker

func brokerError(_ body: () async throws -> Void) async throws -> BrokerError {
  do {
    try await body()
  } catch let error as BrokerError {
    return error
  }
  Issue.record("nothing was thrown")
  return .notConnected
}
