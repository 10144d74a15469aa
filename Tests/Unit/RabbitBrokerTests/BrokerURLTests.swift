import Testing

@testable import RabbitBroker

@Suite struct BrokerURLTests {
  @Test(arguments: [
    ("amqp://", "localhost", 5672, "/", "guest", "guest"),
    ("amqp://host", "host", 5672, "/", "guest", "guest"),
    ("amqp://host/", "host", 5672, "/", "guest", "guest"),
    ("amqp://host/%2F", "host", 5672, "/", "guest", "guest"),
    ("amqp://host/%2f", "host", 5672, "/", "guest", "guest"),
    ("amqp://host/chat", "host", 5672, "chat", "guest", "guest"),
    ("amqp://host:1234/a%20b%C3%A9", "host", 1234, "a bé", "guest", "guest"),
    ("amqps://host", "host", 5671, "/", "guest", "guest"),
    ("AMQP://u:p@host", "host", 5672, "/", "u", "p"),
    ("amqp://u%3Aser:p%40ss%2Fw%25@host:1/v", "host", 1, "v", "u:ser", "p@ss/w%"),
    ("amqp://u:p:q@host", "host", 5672, "/", "u", "p:q"),
    ("amqp://u:p@q@host", "host", 5672, "/", "u", "p@q"),
    ("amqp://u@host", "host", 5672, "/", "u", ""),
    ("amqp://[::1]", "::1", 5672, "/", "guest", "guest"),
    ("amqp://u:p@[fe80::1]:99/v?heartbeat=5", "fe80::1", 99, "v", "u", "p"),
  ])
  func `a URL is split into its parts`(
    _ text: String, _ host: String, _ port: Int, _ virtualHost: String, _ user: String, _ password: String
  ) throws {
    let url = try BrokerURL(text)
    #expect(url.address == BrokerAddress(host: host, port: port, virtualHost: virtualHost))
    #expect(url.user == user)
    #expect(url.password == password)
  }

  @Test(arguments: [
    ("amqp://u:p,q@a,b:99,[::1]:7/v?heartbeat=5", ["a:5672", "b:99", "[::1]:7"]),
    ("amqps://a:1,b", ["a:1", "b:5671"]), ("amqp://a,a:5672,b", ["a:5672", "b:5672"]),
    ("amqp://", ["localhost:5672"]),
  ])
  func `hosts are separated by commas, and each counts once`(_ text: String, _ hosts: [String]) throws {
    let url = try BrokerURL(text)
    #expect(url.addresses.map(\.description) == hosts)
    #expect(url.address == url.addresses[0])
    #expect(Set(url.addresses.map(\.virtualHost)).count == 1)
    #expect("\(url)".contains("***@\(hosts.joined(separator: ","))/"))
  }

  @Test func `each host is tried once, in any order, the one that has failed last`() throws {
    let url = try BrokerURL("amqp://u:p@a,b,c/v")
    var orders: Set<String> = []
    for _ in 0..<500 {
      let attempts = url.attempts(avoiding: url.addresses[1])
      #expect(attempts.allSatisfy { $0.addresses.count == 1 && $0.user == "u" && $0.password == "p" })
      orders.insert(attempts.map(\.address.host).joined())
    }
    #expect(orders == ["acb", "cab"])
    let others = Set((0..<500).map { _ in url.attempts(avoiding: nil)[0].address.host })
    #expect(others == ["a", "b", "c"])
  }

  @Test func `options are read from the query`() throws {
    let url = try BrokerURL(
      "amqps://h?cacertfile=/a%20b.pem&certfile=/c.pem&keyfile=/k.pem&verify=verify_none&heartbeat=7"
        + "&connection_timeout=1500&frameMax=1000")
    #expect(url.tls?.authorityFile == "/a b.pem")
    #expect(url.tls?.certificateFile == "/c.pem")
    #expect(url.tls?.keyFile == "/k.pem")
    #expect(url.tls?.verifiesPeer == false)
    #expect(url.heartbeat == 7)
    #expect(url.connectionTimeout == .milliseconds(1500))
  }

  @Test func `certificates are verified unless the URL says otherwise`() throws {
    #expect(try BrokerURL("amqps://h").tls?.verifiesPeer == true)
    #expect(try BrokerURL("amqp://h").tls == nil)
  }

  @Test(arguments: [
    "", "host", "http://secret:secret@h", "amqp://secret:sec%ret@h", "amqp://secret:secret@h:port",
    "amqp://h:0",
    "amqp://h:70000", "amqp://::1", "amqp://[::1", "amqp://[::1]x", "amqp://[host]",
    "amqp://secret%00:secret@h",
    "amqp://secret:%ff@h", "amqp://secret:secret@h?heartbeat=-1", "amqp://secret:secret@h?heartbeat=x",
    "amqps://secret:secret@h?verify=maybe", "amqps://secret:secret@h?certfile=c", "amqp://h?cacertfile=x",
    "amqp://secret:secret@h?nonsense=1", "amqp://h:+1", "amqp://secret:secret@a,,b",
    "amqp://secret:secret@a,",
    "amqp://secret:secret@a,b:x", "amqp://secret:secret@a/v,secret:secret@b/v",
  ])
  func `a malformed URL is refused without showing credentials`(_ text: String) {
    #expect {
      _ = try BrokerURL(text)
    } throws: { error in
      guard let error = error as? BrokerError else { return false }
      return error.code == .invalidConfiguration && !error.isRetryable && !error.message.contains("secret")
    }
  }

  @Test func `a description shows no password`() throws {
    let url = try BrokerURL("amqps://user:secret@h/v?cacertfile=/f")
    let topology = BrokerTopology(eventsExchange: "e", updatesExchange: "u", queue: "q")
    let configuration = BrokerConfiguration(url: url, topology: topology)
    var dumped = ""
    dump(configuration, to: &dumped)
    for text in ["\(url)", String(reflecting: url), dumped, "\(configuration)"] {
      #expect(!text.contains("secret"))
    }
    #expect("\(url)" == "amqps://user:***@h:5671/v")
  }
}
