import Foundation

/// Judges how the connection to a server is protected.
enum TransportCheck {
  /// Certificates that end sooner are worth a warning: it takes people days to renew one.
  static let warningDays = 30.0

  static func findings(
    _ transport: TransportFacts, _ section: Finding.Section, setting: String, isLocal: Bool, now: Date
  ) -> [Finding] {
    var findings = FindingList(section)
    guard transport.isEncrypted else {
      if isLocal {
        findings.ok("TLS", "The connection is not encrypted, and does not leave this machine.")
      } else {
        findings.warn(
          "TLS", "The connection is not encrypted, so credentials and messages can be read on the way.",
          remedy: "Use TLS in \(setting) (docs/security.md).")
      }
      return findings.all
    }
    if !transport.verifiesServer {
      findings.warn(
        "TLS", "The connection is encrypted, but the server's certificate is not verified.",
        remedy: "Remove what turns the verification off from \(setting), and name the authority there.")
    }
    for certificate in transport.certificates {
      let server = certificate.server
      switch certificate.end {
      case .known(let end): judge(end, of: server, now: now, &findings)
      case .refused(let reason), .failed(let reason):
        findings.warn("certificate", "The certificate of \(server) cannot be read: \(reason).")
      }
    }
    return findings.all
  }

  private static func judge(_ end: Date, of server: String, now: Date, _ findings: inout FindingList) {
    let days = end.timeIntervalSince(now) / 86_400
    let day = end.formatted(.iso8601.year().month().day())
    let remedy = "Renew the certificate of \(server), and restart the server if it does not reload it."
    if days <= 0 {
      findings.fail("certificate", "The certificate of \(server) ended on \(day).", remedy: remedy)
    } else if days < warningDays {
      findings.warn(
        "certificate",
        "The certificate of \(server) ends on \(day), in \(counted(Int(days), "day")).", remedy: remedy)
    } else {
      findings.ok("certificate", "The certificate of \(server) is valid until \(day).")
    }
  }
}

/// A count with its noun, as in `1 day` and `2 days`.
func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}
