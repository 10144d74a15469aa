import Testing

@testable import RabbitBroker

@Suite struct BrokerConfigurationTests {
  private func limited(_ url: String) throws -> BrokerConfiguration {
    let configuration = BrokerConfiguration(
      url: try BrokerURL(url), topology: BrokerTopology(eventsExchange: "e", updatesExchange: "u", queue: "q")
    )
    let host = try BrokerURL("amqp://a")
    return configuration.limited(to: host)
  }

  @Test func `one of several hosts is waited less long than the only one`()
    throws
  {
    let one = try limited("amqp://a")
    #expect(one.connectionTimeout == .seconds(10) && one.answerTimeout == .seconds(20))
    #expect(one.confirmTimeout == .seconds(30))
    let several = try limited("amqp://a,b")
    #expect(several.connectionTimeout == .seconds(5) && several.answerTimeout == .seconds(5))
    #expect(several.confirmTimeout == .seconds(10))
    #expect(several.url == (try BrokerURL("amqp://a")))
  }
}
