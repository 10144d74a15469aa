import Foundation

/// Accepts TLS connections and forwards them to a server that has no TLS, or has other certificates.
package final class TLSTerminator: Sendable {
  /// On 127.0.0.1.
  package let port: Int
  private let process: ChildProcess
  private let folder: URL

  /// Listens with the server's certificate of `certificates`, in front of a port on this machine.
  ///
  /// - Parameter needsClientCertificate: Whether a client must have a certificate of the same authority.
  package init(
    before target: Int, certificates: TestCertificates, needsClientCertificate: Bool = false
  ) async throws {
    folder = try TestFolder.make("tls-terminator")
    let log = folder.appendingPathComponent("log")
    let port = try LoopbackPort.free()
    self.port = port
    let options = [
      "OPENSSL-LISTEN:\(port)", "bind=127.0.0.1", "reuseaddr", "fork",
      "cert=\(certificates.server.certificate)",
      "key=\(certificates.server.key)", "cafile=\(certificates.authority)",
      "verify=\(needsClientCertificate ? 1 : 0)",
    ]
    process = try await ChildProcess(
      "socat", [options.joined(separator: ","), "TCP:127.0.0.1:\(target)"], log: log)
    try await until("a TLS server listens; see \(log.path)") {
      try LoopbackPort.isOpen(port)
    }
  }

  deinit {
    process.kill()
    TestFolder.remove(folder)
  }
}
