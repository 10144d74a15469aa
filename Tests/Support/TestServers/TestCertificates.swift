import Foundation

/// An authority, a server's certificate and a client's, made for a test run.
package struct TestCertificates: Sendable {
  /// The authority's certificate.
  package let authority: String
  /// The server's certificate and key.
  package let server: (certificate: String, key: String)
  /// A client's certificate and key.
  package let client: (certificate: String, key: String)
  /// The client's certificate and key in one file, as MongoDB's drivers want them.
  package let clientBundle: String

  /// Makes them in a directory; the server's is for the DNS name `host`, and lasts so many days: of a negative number,
  /// it has ended so long ago.
  package init(in directory: String, host: String, serverDays: Int = 2) async throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    func openssl(_ arguments: String) async throws {
      _ = try await Command.run(
        "/usr/bin/openssl", arguments.split(separator: " ").map(String.init), directory: directory)
    }
    try await openssl(
      "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Test-Authority -keyout authority.key -out authority.pem"
    )
    for (name, subject, extra, days) in [
      ("server", host, "subjectAltName=DNS:\(host)", serverDays),
      ("client", "worker", "extendedKeyUsage=clientAuth", 2),
    ] {
      try await openssl(
        "req -newkey rsa:2048 -nodes -subj /CN=\(subject) -keyout \(name).key -out \(name).csr")
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
