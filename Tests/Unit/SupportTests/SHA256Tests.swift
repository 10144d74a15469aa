import Support
import Testing

@Suite struct SHA256Tests {
  /// Examples of NIST's Cryptographic Standards and Guidelines for SHA-256, and the hash of no bytes.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `a text has the hash of the standard, in one part or in many`(text: String, hash: String) {
    let bytes = Array(text.utf8)
    #expect(hex(SHA256.hash(bytes)) == hash)
    #expect(hex(SHA256.hash([[]] + bytes.map { [$0] } + [[]])) == hash)
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
