import BSON
import Foundation
import Maintenance
import Support

/// Asks RabbitMQ's management plugin, if there is one that takes the worker's credentials.
struct BrokerManagement {
  /// The largest answer that is read, in bytes.
  private static let largest = 1 << 20

  private let configuration: BrokerConfiguration
  private let port: Int

  init(_ configuration: BrokerConfiguration, port: Int) {
    self.configuration = configuration
    self.port = port
  }

  /// Why there is no answer, as a phrase.
  private struct Silence: Error {
    let reason: String
  }

  func answer() -> Answer<BrokerFacts.Management> {
    // Its port speaks plain HTTP, on which a password that belongs to TLS must not be sent.
    if configuration.url.tls != nil { return .failed("it is not asked where AMQP is encrypted") }
    let topology = configuration.topology
    do throws(Silence) {
      let queue = try queue(topology.queue)
      let bindings = try get("bindings", "e", topology.eventsExchange, "q", topology.queue)
      return .known(
        BrokerFacts.Management(
          bindings: bindings["items"]?.array?.compactMap { $0.document?["routing_key"]?.string } ?? [],
          queue: queue, deadLetters: deadLetters(topology.deadLetterQueue)))
    } catch {
      return .failed(error.reason)
    }
  }

  private func queue(_ name: String) throws(Silence) -> BrokerFacts.Management.Queue {
    let queue = try get("queues", name)
    let argument = queue.document("arguments")?["x-delivery-limit"]?.integer
    let policy = queue.document("effective_policy_definition")?["delivery-limit"]?.integer
    // RabbitMQ takes the lower one, in which a negative number stands for no limit.
    let limits = [argument, policy].compactMap { $0 }
    let limit = limits.filter { $0 >= 0 }.min() ?? limits.first
    return BrokerFacts.Management.Queue(
      type: queue["type"]?.string ?? "classic", deliveryLimit: limit.map { Int($0) },
      isLimitedByPolicy: limit != argument)
  }

  /// `nil` where it does not exist or is not shown; the other questions find out which.
  private func deadLetters(_ name: String) -> BrokerFacts.Management.Queue? {
    do throws(Silence) { return try queue(name) } catch { return nil }
  }

  /// The answer to one request: an object, or the array of its member `items`.
  ///
  /// - Parameter kind: What is asked for, in the virtual host of the URL.
  private func get(_ kind: String, _ names: String...) throws(Silence) -> BSONDocument {
    let address = configuration.url.address
    let path = (["api", kind, address.virtualHost] + names).map(Self.escaped).joined(separator: "/")
    let response: [UInt8]
    do throws(TCPSocket.Failure) {
      let socket = try TCPSocket(host: address.host, port: port, limit: .seconds(1))
      // By HTTP/1.0 the answer comes in one piece and ends with the connection.
      try socket.send(
        "GET /\(path) HTTP/1.0\r\nHost: \(address)\r\nAuthorization: Basic \(credentials)\r\n\r\n")
      response = try socket.receiveAll(most: Self.largest)
    } catch {
      throw Silence(reason: "it does not answer at port \(port) (\(error.description))")
    }
    let separator = Array("\r\n\r\n".utf8)
    guard let end = response.firstRange(of: separator) else {
      throw Silence(reason: "port \(port) does not speak HTTP")
    }
    let status = String(decoding: response.prefix { $0 != 0x0D }, as: UTF8.self).split(separator: " ")
    switch status.dropFirst().first {
    case "200": break
    case "401", "403": throw Silence(reason: "it does not let this user in")
    default: throw Silence(reason: "it answers with the status \(status.dropFirst().first ?? "none")")
    }
    var body = Array(response[end.upperBound...])
    if body.first == UInt8(ascii: "[") {
      body = Array("{\"items\":".utf8) + body + [UInt8(ascii: "}")]
    }
    do throws(JSONError) {
      return try JSONReader.object(body)
    } catch {
      throw Silence(reason: "its answer cannot be read")
    }
  }

  private var credentials: String {
    Data("\(configuration.url.user):\(configuration.url.password)".utf8).base64EncodedString()
  }

  private static func escaped(_ name: String) -> String {
    name.utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
        String(UnicodeScalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }.joined()
  }
}
