package import Foundation

/// How the connection to a server is protected.
package struct TransportFacts: Sendable {
  /// The end of a certificate's validity.
  package struct Certificate: Sendable {
    /// Host and port of the server that shows it.
    package let server: String
    package let end: Answer<Date>

    package init(server: String, end: Answer<Date>) {
      self.server = server
      self.end = end
    }
  }

  package var isEncrypted: Bool
  /// Whether the server's certificate must be trusted and match its name.
  package var verifiesServer: Bool
  /// Those of the servers, as far as they were asked for.
  package var certificates: [Certificate]

  package init(isEncrypted: Bool, verifiesServer: Bool = true, certificates: [Certificate] = []) {
    self.isEncrypted = isEncrypted
    self.verifiesServer = verifiesServer
    self.certificates = certificates
  }
}
