import BSON
import Fuzzing
import SpecModel
import TestKit
import Testing

@Suite struct JSONReaderTests {
  private func text(_ json: String) throws -> String {
    String(decoding: JSONWriter.text(try JSONReader.object(Array(json.utf8))), as: UTF8.self)
  }

  private func reason(_ json: [UInt8]) -> String? {
    do throws(JSONError) {
      _ = try JSONReader.object(json)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test func `§1 integers keep all their digits, larger ones are the nearest double`() throws {
    #expect(
      try text("{\"a\":[0,-0,9223372036854775807,-9223372036854775808,9223372036854775808,2147483648]}")
        == "{\"a\":[0,0,9223372036854775807,-9223372036854775808,9223372036854776000,2147483648]}")
  }

  @Test func `§5 doubles are printed in their shortest exact form, as JavaScript prints them`() throws {
    let cases = [
      ("5.0", "5"), ("1763551369397.6482", "1763551369397.6482"), ("1e21", "1e+21"),
      ("1e20", "100000000000000000000"),
      ("123456789012345680000", "123456789012345680000"), ("1e-7", "1e-7"), ("0.000001", "0.000001"),
      ("1.5e-7", "1.5e-7"), ("5e-324", "5e-324"), ("1.7976931348623157e308", "1.7976931348623157e+308"),
      ("0.1", "0.1"), ("-0.0", "0"), ("-2.5e25", "-2.5e+25"), ("0.00001234", "0.00001234"),
      ("1e15", "1000000000000000"),
      ("2251799813685249.5", "2251799813685249.5"), ("-9223372036854775808.0", "-9223372036854776000"),
    ]
    for (input, output) in cases {
      let printed = try text("{\"a\":\(input)}")
      #expect(printed == "{\"a\":\(output)}")
    }
  }

  @Test func `§1 the last of equal keys counts, at every level, however many there are`() throws {
    #expect(
      try text("{\"a\":1,\"b\":{\"x\":1,\"x\":{\"y\":1,\"y\":2}},\"a\":2}")
        == "{\"b\":{\"x\":{\"y\":2}},\"a\":2}")
    let many = (0..<1000).map { "\"k\($0 % 100)\":\($0)" }.joined(separator: ",")
    let document = try JSONReader.object(Array("{\(many)}".utf8))
    #expect(Array(document).count == 100)
    #expect(document["k7"]?.integer == 907)
  }

  @Test func `equal keys in a large object do not take quadratic time`() throws {
    let keys = (0..<200_000).map { "\"k\($0 / 2)\":\($0)" }.joined(separator: ",")
    let document = try JSONReader.object(Array("{\(keys)}".utf8))
    #expect(document["k99999"]?.integer == 199_999)
  }

  @Test func `§1 extended JSON inside an event is plain JSON`() throws {
    let json =
      "{\"a\":{\"$oid\":\"691db5c90000000000000001\"},\"b\":{\"$date\":5},\"c\":{\"$numberLong\":\"7\"}}"
    #expect(try text(json) == json)
  }

  @Test func `§1 keys such as $where, a.b and the empty key are kept`() throws {
    let json = "{\"$where\":1,\"a.b\":2,\"\":3}"
    #expect(try text(json) == json)
  }

  @Test func `escapes are read, and written as JSON.stringify writes them`() throws {
    #expect(
      try text(#"{"a":"\u00e9\ud83d\udc4b\/\b\f\n\r\t\"\\\u0000\u001f\u007f"}"#)
        == "{\"a\":\"é👋/\\b\\f\\n\\r\\t\\\"\\\\\\u0000\\u001f\u{7F}\"}")
  }

  @Test(arguments: [
    ("", "it ends too early"), ("[]", "it is not an object"), ("{", "it ends too early"),
    ("{}x", "something follows"),
    ("{\"a\"}", "':' expected"), ("{\"a\":}", "a value expected"), ("{\"a\":1,}", "a key in quotes expected"),
    ("{\"a\":[1,]}", "a value expected"), ("{\"a\":01}", "starts with 0"), ("{\"a\":+1}", "a value expected"),
    ("{\"a\":.5}", "a value expected"), ("{\"a\":1.}", "a digit expected"),
    ("{\"a\":1e}", "a digit expected"),
    ("{\"a\":NaN}", "a value expected"), ("{\"a\":Infinity}", "a value expected"),
    ("{\"a\":1e400}", "too large for a double"), ("{\"a\":-1e400}", "too large for a double"),
    ("{\"a\":\"\\ud800\"}", "a lone surrogate"), ("{\"a\":\"\\udc00x\"}", "a lone surrogate"),
    ("{\"a\":\"\\ud800\\u0041\"}", "a lone surrogate"), ("{\"a\":\"\\x\"}", "an unknown escape"),
    ("{\"a\":\"\\u12g4\"}", "a hex digit expected"), ("{\"a\":\"\n\"}", "a control character"),
    ("{\"a\\u0000b\":1}", "a key holds NUL"), ("{'a':1}", "a key in quotes"),
    ("{\"a\":tru}", "a value expected"),
    ("{\"a\":1 \"b\":2}", "',' or '}' expected"),
  ])
  func `§1 text that is not JSON is refused with the reason`(json: String, words: String) {
    #expect(reason(Array(json.utf8))?.contains(words) == true)
  }

  @Test func `§1 100 levels are allowed, 101 are not`() {
    func nested(_ levels: Int) -> [UInt8] {
      Array(
        ("{\"a\":" + String(repeating: "[", count: levels - 1) + String(repeating: "]", count: levels - 1)
          + "}").utf8)
    }
    #expect(reason(nested(100)) == nil)
    #expect(reason(nested(101)) == "nested deeper than 100 levels")
  }

  @Test func `text that would become too large a BSON document is refused before the document is made`() {
    // 16 MiB of these become about 130 MiB.
    let items = longText("[],", times: 5 << 20)
    #expect(reason(Array("{\"a\":[\(items)[]]}".utf8))?.hasPrefix("more than 48 MiB") == true)
  }

  @Test func `the largest document that MongoDB stores is far below the bound`() throws {
    let text = longText("x", times: 16 << 20)
    let document = try JSONReader.object(Array("{\"a\":\"\(text)\",\"b\":\"\(text)\"}".utf8))
    #expect(document["b"]?.string?.utf8.count == 16 << 20)
  }

  @Test func `§1 invalid UTF-8 is refused in keys, in strings and between them`() {
    for bytes: [UInt8] in [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]] {
      #expect(reason(Array("{\"".utf8) + bytes + Array("\":1}".utf8)) == "invalid UTF-8")
      #expect(reason(Array("{\"a\":\"".utf8) + bytes + Array("\"}".utf8)) == "invalid UTF-8")
      #expect(reason(bytes) == "invalid UTF-8")
    }
  }

  @Test(arguments: 1...20)
  func `random JSON is read as another reader reads it, into BSON that libbson accepts`(seed: Int) throws {
    var generator = TimelineGenerator(seed: UInt64(seed))
    for line in generator.rawTimeline(events: 60) {
      let other: JSON? = {
        do { return try JSON.parse(line) } catch { return nil }
      }()
      guard let other, case .object = other else {
        #expect(reason(line) != nil, "\(String(decoding: line, as: UTF8.self))")
        continue
      }
      let document = try JSONReader.object(line)
      #expect(LibBSON.validates(Array(document.bytes)))
      #expect(try JSON.parse(JSONWriter.text(document)).sameValue(as: other))
      _ = try BSONDocument(validating: Array(document.bytes))
    }
  }
}
