/// How the server and the worker identify themselves over TLS.
package struct BrokerTLS: Sendable, Hashable {
  /// PEM file of the authorities to trust; `nil` for the system's.
  package var authorityFile: String?
  /// PEM file of the client's certificate and its chain.
  package var certificateFile: String?
  /// PEM file of the client's key, without a passphrase.
  package var keyFile: String?
  /// Whether the server's certificate must be trusted and match the host name.
  package var verifiesPeer = true

  /// Verifies with the system's authorities, without a client certificate.
  package init() {}
}
