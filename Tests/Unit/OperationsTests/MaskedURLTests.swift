import Operations
import SpecModel
import Testing

@Suite struct MaskedURLTests {
  @Test(arguments: [
    ("amqp://guest:guest@localhost:5672/", "amqp://guest:***@localhost:5672/"),
    (
      "amqps://u:p%40q@h/v%2Fw?heartbeat=5&cacertfile=/etc/ca.pem",
      "amqps://u:***@h/v%2Fw?heartbeat=5&cacertfile=/etc/ca.pem"
    ),
    ("mongodb://localhost:27017/chat3", "mongodb://localhost:27017/chat3"),
    (
      "mongodb://u:p@a:1,b:2,[::1]:3/d?replicaSet=r&w=majority",
      "mongodb://u:***@a:1,b:2,[::1]:3/d?replicaSet=r&w=majority"
    ),
    (
      "mongodb+srv://token@h.example/?tlsCertificateKeyFilePassword=s&authMechanismProperties=TOKEN:s",
      "mongodb+srv://***@h.example/?tlsCertificateKeyFilePassword=***&authMechanismProperties=***"
    ),
    ("amqp://u:p@ss@h:1/v", "amqp://u:***@h:1/v"),
    ("amqp://u:12/secret@h/v", "amqp://***"), ("amqp://u:12?secret@h", "amqp://***"),
    ("amqp://u:p@q?x=y@h", "amqp://***"), ("amqp://u:12#secret", "amqp://***"),
    ("amqp://u:secret", "amqp://***"),
    ("amqp://u:p@h/v?secret", "amqp://***"), ("secret", "***"), ("se cret://x", "***"), ("", "***"),
  ])
  func `the password is masked, and the rest stays as far as it is certain to be none`(
    url: String, masked: String
  ) {
    #expect(maskedURL(url) == masked)
  }

  @Test func `no password shows, however it is written`() {
    var random = SplitMix64(seed: 5)
    let special = Array(":/?#[]@!$&'()*+,;=%-._~ \"\\<>^`{|}é")
    for _ in 0..<5000 {
      // Two marks with anything between them, as in a password that nobody has percent-encoded.
      let noise = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        special.randomElement(using: &random) ?? "@"
      }
      let password = "Zq7x" + String(noise) + "Vb9m"
      let tails = ["h:5672/v", "h", "a:1,b/?x=y", "[::1]/v?heartbeat=3#f"]
      let url = "amqp://user:\(password)@" + (tails.randomElement(using: &random) ?? "")
      let masked = maskedURL(url)
      #expect(!masked.contains("Zq7x") && !masked.contains("Vb9m"), "\(url) gives \(masked)")
    }
  }
}
