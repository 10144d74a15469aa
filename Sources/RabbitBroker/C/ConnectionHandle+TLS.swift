import CRabbitMQ
import Foundation

extension ConnectionHandle {
  /// Where Linux distributions keep the authorities they trust.
  private static let systemAuthorities = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
  ]

  /// A socket for TLS 1.2 or later, which the connection owns; `nil` when there is no memory for it.
  func secureSocket(_ tls: BrokerTLS) throws(BrokerError) -> OpaquePointer? {
    for file in [tls.authorityFile, tls.certificateFile, tls.keyFile] {
      if let file, !FileManager.default.isReadableFile(atPath: file) {
        throw Self.unusable("The file \(file) cannot be read; correct the TLS options of RABBITMQ_URL.")
      }
    }
    guard let socket = amqp_ssl_socket_new(state) else { return nil }
    let verifies: amqp_boolean_t = tls.verifiesPeer ? 1 : 0
    amqp_ssl_socket_set_verify_peer(socket, verifies)
    amqp_ssl_socket_set_verify_hostname(socket, verifies)
    try Reply.check(
      amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST), .connecting, address)
    let system = Self.systemAuthorities.first { FileManager.default.isReadableFile(atPath: $0) }
    if let authorities = tls.authorityFile ?? system {
      guard amqp_ssl_socket_set_cacert(socket, authorities) == 0 else {
        throw Self.unusable(
          "The file \(authorities) contains no PEM certificates of authorities; name one that does with the "
            + "option cacertfile of RABBITMQ_URL.")
      }
    }
    if let certificate = tls.certificateFile, let key = tls.keyFile {
      guard amqp_ssl_socket_set_key(socket, certificate, key) == 0 else {
        throw Self.unusable(
          "The files \(certificate) and \(key) are not a PEM certificate and its key without a passphrase; "
            + "correct certfile and keyfile in RABBITMQ_URL.")
      }
    }
    return socket
  }

  private static func unusable(_ message: String) -> BrokerError {
    BrokerError(.certificateFile, message, isRetryable: false)
  }
}
