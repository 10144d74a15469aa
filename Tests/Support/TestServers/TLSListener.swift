import Foundation

/// Accepts TLS connections with a self-signed certificate and answers nothing after the handshake. That is
/// enough to test what a client does with the certificate.
package final class TLSListener: Sendable {
  /// On 127.0.0.1.
  package let port: Int
  /// The path of the certificate, which a client may use as its authority.
  package let certificate: String
  private let folder: URL
  private let process: ChildProcess

  /// - Parameter name: The DNS name in the certificate.
  package init(name: String) async throws {
    folder = try TestFolder.make("tls")
    certificate = folder.appendingPathComponent("certificate.pem").path
    let key = folder.appendingPathComponent("key.pem").path
    let log = folder.appendingPathComponent("log")
    let request = try await ChildProcess(
      "openssl",
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate,
        "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)",
      ], log: log)
    try await until("the certificate is made; see \(log.path)") { !request.isRunning }
    request.kill()
    let port = try LoopbackPort.free()
    self.port = port
    process = try await ChildProcess(
      "openssl", ["s_server", "-accept", "\(port)", "-cert", certificate, "-key", key, "-quiet"], log: log)
    try await until("a TLS server listens; see \(log.path)") { try LoopbackPort.isOpen(port) }
  }

  deinit {
    process.kill()
    TestFolder.remove(folder)
  }
}
