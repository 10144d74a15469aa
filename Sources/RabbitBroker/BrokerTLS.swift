/// How the server is verified, and the worker identified, over TLS.
package struct BrokerTLS: Sendable, Hashable {
  /// PEM file of the authorities to trust; the system's when `nil`.
  package var authorityFile: String?
  /// PEM file of the client's certificate and its chain.
  package var certificateFile: String?
  /// PEM file of the client's key, without passphrase.
  package var keyFile: String?
  /// Whether the server's certificate must be trusted and be for the host's name.
  package var verifiesPeer = true

  /// Verifies with the system's authorities, without a client certificate.
  package init() {}
}
