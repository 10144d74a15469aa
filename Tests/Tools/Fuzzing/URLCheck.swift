import MongoStore
import Pipeline
import RabbitBroker

/// Connection strings whose password has any characters between its two ends. They must be accepted or
/// refused, and no message may show either end.
struct URLCheck {
  private static let ends = ("Zq7xKwPd", "Vb9mTyRn")
  private static let separators = [
    "", "%40", "%2F", "@", "/", "?", "#", ":", "%", "%%", "%zz", "%00", "[", "]", "&", "=", ";", " ", "\"",
    "\\", "é",
    "\u{0}", "://", "1", ",", "?a=", "?tls=", "&verify=", "/?", "@@", "@/", "/@", "?heartbeat=", "\n", "12#",
    "99/",
  ]
  private static let prefixes = ["", "1", "12", "user", "12345", "a/b", "x@", "["]

  /// - Returns: Whether the string was accepted.
  static func run(_ mutator: inout Mutator) throws(Finding) -> Bool {
    var separator = mutator.below(3) == 0 ? "%2F%40" : mutator.pick(separators)
    if mutator.below(4) == 0 { separator += mutator.pick(separators) }
    let password = mutator.pick(prefixes) + ends.0 + separator + ends.1
    let user = mutator.pick(["user", "us%40er", "", "u"])
    let host = mutator.pick([
      "localhost", "127.0.0.1:5672", "[::1]:1", "h", "", "h:99999", "h:x", "a,b:2", "[", "%2Ftmp%2Fs.sock",
    ])
    if mutator.below(2) == 0 {
      let options = mutator.pick([
        "", "heartbeat=5", "verify=maybe", "verify=verify_none", "cacertfile=/x", "certfile=a", "x", "=",
        "heartbeat=é",
      ])
      let scheme = mutator.pick(["amqp", "amqps", "AMQP", "http", ""])
      return try amqp(
        "\(scheme)://\(user):\(password)@\(host)/\(mutator.pick(["", "v", "%2F", "%"]))?\(options)")
    }
    let options = mutator.pick([
      "", "tls=true", "tls=maybe", "w=majority", "w=0", "authSource=admin", "replicaSet=", "x=y", "=", "&",
      "tlsCertificateKeyFilePassword=\(ends.0)", "authMechanismProperties=A:\(ends.0)",
      "authMechanism=PLAIN",
      "serverSelectionTimeoutMS=x", "tlsInsecure=true&tlsAllowInvalidCertificates=true", "compressors=x",
    ])
    let scheme = mutator.pick(["mongodb", "mongodb", "mongodb+srv", "http", ""])
    return try mongo(
      "\(scheme)://\(user):\(password)@\(host)/\(mutator.pick(["", "db", "%", "a b"]))?\(options)")
  }

  /// Any bytes at all must not crash the readers.
  static func runDamaged(_ mutator: inout Mutator) {
    var bytes = Array(
      mutator.pick([
        "amqps://u:p@[::1]:5/v%2F?heartbeat=5&cacertfile=/x", "mongodb://u:p@a:1,b/db?tls=true&w=1",
      ]).utf8)
    for _ in 0...mutator.below(4) { mutator.damageBytes(&bytes) }
    let text = String(decoding: bytes, as: UTF8.self)
    _ = try? BrokerURL(text)
    _ = try? MongoConfiguration(uri: text)
  }

  private static func amqp(_ text: String) throws(Finding) -> Bool {
    try isUsable(text) {
      let url = try BrokerURL(text)
      return "\(url) \(url.debugDescription) \(url.address)"
    }
  }

  private static func mongo(_ text: String) throws(Finding) -> Bool {
    try isUsable(text) { "\(try MongoConfiguration(uri: text))" }
  }

  /// Whether the text is accepted as a URL. Neither its description nor the refusal may show the password.
  private static func isUsable(_ text: String, shown: () throws -> String) throws(Finding) -> Bool {
    let words: String
    var isUsable = true
    do {
      words = try shown()
    } catch let fault as any ServerFault {
      words = fault.message
      isUsable = false
    } catch {
      throw Finding("an error of another kind: \(error)", Array(text.utf8))
    }
    try expectSilence(words, about: text)
    return isUsable
  }

  private static func expectSilence(_ words: String, about url: String) throws(Finding) {
    for piece in [ends.0, ends.1] {
      try Finding.expect(!words.contains(piece), "a password is shown: \(words)", Array(url.utf8))
    }
  }
}
