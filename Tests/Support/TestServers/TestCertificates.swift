import Foundation

/// The certificates of an authority, a server and a client, made for a test.
package struct TestCertificates: Sendable {
  /// The path of the authority's certificate.
  package let authority: String
  package let server: (certificate: String, key: String)
  package let client: (certificate: String, key: String)
  /// The client's certificate and key in one file, as MongoDB's drivers expect them.
  package let clientBundle: String

  /// On a curve, because a key for RSA takes a third of a second of CPU time.
  private static let newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"

  /// - Parameters:
  ///   - host: The DNS name in the server's certificate.
  ///   - serverDays: How many days the server's certificate is valid. With a negative number it has expired.
  package init(in directory: String, host: String, serverDays: Int = 2) async throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    func openssl(_ arguments: String) async throws {
      _ = try await Command.run(
        "/usr/bin/openssl", arguments.split(separator: " ").map(String.init), directory: directory)
    }
    try await openssl(
      "req -x509 \(Self.newKey) -days 2 -subj /CN=Test-Authority -keyout authority.key -out authority.pem"
    )
    for (name, subject, extra, days) in [
      ("server", host, "subjectAltName=DNS:\(host)", serverDays),
      ("client", "worker", "extendedKeyUsage=clientAuth", 2),
    ] {
      try await openssl(
        "req \(Self.newKey) -subj /CN=\(subject) -keyout \(name).key -out \(name).csr")
      try extra.write(toFile: "\(directory)/\(name).ext", atomically: true, encoding: .utf8)
      try await openssl(
        "x509 -req -in \(name).csr -CA authority.pem -CAkey authority.key -CAcreateserial -days \(days) "
          + "-extfile \(name).ext -out \(name).pem")
    }
    authority = "\(directory)/authority.pem"
    server = ("\(directory)/server.pem", "\(directory)/server.key")
    client = ("\(directory)/client.pem", "\(directory)/client.key")
    clientBundle = "\(directory)/client-bundle.pem"
    let parts = try [client.certificate, client.key].map { try String(contentsOfFile: $0, encoding: .utf8) }
    try parts.joined().write(toFile: clientBundle, atomically: true, encoding: .utf8)
  }
}
