import BSON
import Foundation
package import Maintenance
import Support

extension MongoStore: DatabaseExaminer {
  package func examine() async -> DatabaseFacts {
    var examination = await DatabaseExamination(self)
    await examination.run()
    return examination.facts
  }
}

extension MongoConnections {
  /// What the connection string and the servers' certificates say, before anything is asked. Runs on a thread of the
  /// store, because looking at certificates blocks.
  func surroundings(of configuration: MongoConfiguration) async -> DatabaseFacts {
    await onThread { configuration.surroundings() }
  }
}

extension MongoConfiguration {
  fileprivate func surroundings() -> DatabaseFacts {
    var facts = DatabaseFacts(
      location: description, database: database, isLocal: false,
      transport: TransportFacts(isEncrypted: false), writeConcern: .majority)
    do throws(MongoStoreError) {
      let parsed = try MongoURI(uri)
      let endpoints = parsed.endpoints
      facts.isLocal =
        !endpoints.isEmpty
        && endpoints.allSatisfy { ["localhost", "127.0.0.1", "::1"].contains($0.host) || $0.port == 0 }
      if let concern = parsed.writeConcern {
        facts.writeConcern =
          concern.members.map { .members($0) } ?? concern.name.map { .rule($0) } ?? .majority
      }
      facts.transport = TransportFacts(
        isEncrypted: parsed.usesTLS, verifiesServer: parsed.verifiesServer,
        certificates: parsed.usesTLS ? endpoints.prefix(3).map { .shown(by: $0.host, port: $0.port) } : [])
    } catch {
      facts.unreachable = error.message
    }
    return facts
  }
}

extension TransportFacts.Certificate {
  /// - Parameter server: `host:port`, an IPv6 address in brackets.
  static func shown(by server: String) -> Self {
    let colon = server.lastIndex(of: ":") ?? server.endIndex
    let host = server[..<colon].trimmingCharacters(in: ["[", "]"])
    return shown(by: host, port: Int(server[colon...].dropFirst()) ?? 27_017)
  }

  static func shown(by host: String, port: Int) -> Self {
    let server = "\(host):\(port)"
    do throws(TCPSocket.Failure) {
      return Self(
        server: server,
        end: .known(try PeerCertificate.end(host: host, port: port, limit: .milliseconds(1500))))
    } catch {
      return Self(server: server, end: .failed(error.description))
    }
  }
}
