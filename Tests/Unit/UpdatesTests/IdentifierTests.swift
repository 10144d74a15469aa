import Testing

@testable import Updates

@Suite struct IdentifierTests {
  @Test func `§1 ids compare byte by byte`() {
    let (composed, decomposed) = (id("\u{e9}"), id("e\u{301}"))
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed, composed]).count == 2)
    #expect(id("a") != id("A"))
    #expect(id("a\r\n") != id("a\n"))
  }

  @Test func `§1 a single byte anywhere makes another id`() {
    for length in 1...40 {
      let bytes = Array(repeating: UInt8(ascii: "a"), count: length)
      let same = Identifier(String(decoding: bytes, as: UTF8.self))
      for position in 0..<length {
        var changed = bytes
        changed[position] = UInt8(ascii: "b")
        #expect(Identifier(String(decoding: changed, as: UTF8.self)) != same)
      }
      let again = Identifier(String(decoding: bytes, as: UTF8.self))
      #expect(again == same)
      #expect(again.hashValue == same.hashValue)
      #expect(Identifier(String(decoding: bytes + bytes.prefix(1), as: UTF8.self)) != same)
    }
  }

  /// In UTF-16, which JavaScript compares, U+10000 would come before U+FFFF.
  @Test func `ids are ordered by their bytes`() {
    let ordered = ["", "A", "Z", "a", "a\u{1}", "aa", "e\u{301}", "z", "\u{e9}", "\u{FFFF}", "\u{10000}"]
    #expect(ordered.shuffled().map(id).sorted() == ordered.map(id))
  }

  @Test(arguments: [
    ("Eve", "eve"), (" eve ", "eve"), ("\tEVE\r\n", "eve"), ("É", "é"), ("E\u{301}", "e\u{301}"),
    ("  Two  Words ", "two  words"), ("\u{FEFF}\u{2029}x\u{2028}\u{3000}", "x"), ("İ", "i\u{307}"),
  ])
  func `§2 users are also looked up trimmed and in lower case`(given: String, stored: String) {
    #expect(id(given).trimmedLowercase == id(stored))
  }

  @Test(arguments: ["eve", "e-1_x@y.z", "é", "two  words", "", " ", "\t\n\u{FEFF}"])
  func `§2 an id without another form is looked up once`(given: String) {
    #expect(id(given).trimmedLowercase == nil)
  }

  /// White space and line ends of ECMA-262, 12.2 and 12.3: users are stored as JavaScript trims them.
  @Test func `§2 what is trimmed is what JavaScript trims`() {
    let trimmed: [UInt32] =
      [0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF]
      + Array(0x2000...0x200A)
    for scalar in (0...0xFFFF).compactMap(UnicodeScalar.init) where !scalar.properties.isUppercase {
      let other = id("\(scalar)x\(scalar)").trimmedLowercase
      guard trimmed.contains(scalar.value) else {
        #expect(other != id("x"), "U+\(String(scalar.value, radix: 16))")
        continue
      }
      #expect(other == id("x"), "U+\(String(scalar.value, radix: 16))")
    }
  }
}
