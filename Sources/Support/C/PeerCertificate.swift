import COpenSSL
package import Foundation

/// The certificate that a server shows over TLS.
///
/// The C libraries of MongoDB and RabbitMQ verify it but hand it to nobody, and refuse one that is over before
/// anybody could read the day. So a connection of its own asks for it, with the OpenSSL that both libraries
/// use; it verifies nothing, sends nothing after the handshake, and is no ground to trust anybody.
package enum PeerCertificate {
  /// When the certificate's validity ends.
  ///
  /// Blocks, for each step no longer than `limit`. Works with a server that wants a certificate of the client,
  /// too: it has shown its own by the time that it refuses.
  package static func end(host: String, port: Int, limit: Duration) throws(TCPSocket.Failure) -> Date {
    let socket = try TCPSocket(host: host, port: port, limit: limit)
    guard let context = SSL_CTX_new(TLS_client_method()) else { throw noMemory }
    defer { SSL_CTX_free(context) }
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
    guard let session = SSL_new(context) else { throw noMemory }
    defer { SSL_free(session) }
    guard SSL_set_fd(session, socket.descriptor) == 1 else { throw noMemory }
    // Servers with several certificates choose by the name; an address is no name, and is not sent as one.
    if !isAddress(host) { _ = chat3_set_server_name(session, host) }
    let isDone = SSL_connect(session) == 1
    guard let certificate = SSL_get1_peer_certificate(session) else {
      throw TCPSocket.Failure(
        description: isDone ? "the server shows no certificate" : "the TLS handshake fails")
    }
    defer { X509_free(certificate) }
    var time = tm()
    guard let end = X509_get0_notAfter(certificate), ASN1_TIME_to_tm(end, &time) == 1 else {
      throw TCPSocket.Failure(description: "its certificate does not say until when it is valid")
    }
    return Date(timeIntervalSince1970: Double(timegm(&time)))
  }

  private static let noMemory = TCPSocket.Failure(description: "OpenSSL has no memory left")

  private static func isAddress(_ host: String) -> Bool {
    var address = in6_addr()
    return inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1
  }
}
