import TestTraits
import FaultInjection
import Foundation
import LiveHarness
import TestServers
import Testing

/// The proxy does only the harm that it is told to do.
@Suite(.bounded) struct FaultProxyTests {
  /// A queue, a proxy in front of its server, and a client that does not use the proxy.
  private static func scene() async throws -> (proxy: FaultProxy, queue: String, direct: BrokerClient) {
    let rabbit = try await RabbitServer.owned()
    let direct = try BrokerClient(port: rabbit.port)
    let queue = "proxy-\(UUID().uuidString)"
    try direct.declareQueue(queue)
    return (try FaultProxy(of: rabbit.port), queue, direct)
  }

  @Test(arguments: [FaultProxy.Interference.none, .fragments, .delay(.milliseconds(3))])
  func `everything arrives as it was sent, in both directions`(interference: FaultProxy.Interference)
    async throws
  {
    let (proxy, queue, _) = try await Self.scene()
    proxy.set(interference)
    let client = try BrokerClient(port: proxy.port)
    let bodies = [1, 5000, 200_000].map { size in (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) } }
    for body in bodies { try client.publish(body, to: "", queue) }
    #expect(try client.drain(queue).map(\.body) == bodies)
  }

  @Test func `bytes that are held pass once the proxy is healed, and not before`() async throws {
    let (proxy, queue, direct) = try await Self.scene()
    let port = proxy.port
    proxy.set(.hold)
    let publishing = Task.detached { try BrokerClient(port: port).publish([1, 2, 3], to: "", queue) }
    // Nothing can be awaited that shows that nothing comes.
    try await Task.sleep(for: .milliseconds(300))
    #expect(try direct.count(queue) == 0)
    proxy.heal()
    try await publishing.value
    #expect(try direct.get(queue)?.body == [1, 2, 3])
  }

  @Test(arguments: [FaultProxy.Ending.cut, .reset])
  func `connections end in the middle of a message, and new connections are served`(
    ending: FaultProxy.Ending
  ) async throws {
    let (proxy, queue, direct) = try await Self.scene()
    let client = try BrokerClient(port: proxy.port)
    proxy.end(ending, after: 1000)
    #expect(throws: TestServerError.self) {
      try client.publish([UInt8](repeating: 7, count: 3000), to: "", queue)
    }
    // The client may see the end before the proxy has noted it.
    try await until("the planned ending is done") { !proxy.isEndingPlanned }
    #expect(try direct.count(queue) == 0, "RabbitMQ drops half a message")
    try BrokerClient(port: proxy.port).publish([1], to: "", queue)
    #expect(try direct.get(queue)?.body == [1])
  }

  @Test func `a client is refused if there is no server`() async throws {
    let proxy = try FaultProxy(of: LoopbackPort.free())
    #expect(throws: TestServerError.self) { try BrokerClient(port: proxy.port) }
  }
}
