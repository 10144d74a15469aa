import BSON
import Fuzzing
import SpecModel
import Testing

@Suite struct BSONDocumentTests {
  @Test
  func
    `documents that libbson encodes are read, and foreign types are printed as the Node driver prints them`()
    throws
  {
    let extended = """
      {"oid": {"$oid": "691db5c90000000000000001"}, "date": {"$date": {"$numberLong": "1763551369397"}}, \
      "old": {"$date": {"$numberLong": "-1"}}, "decimal": {"$numberDecimal": "1.50"}, \
      "large": {"$numberDecimal": "1E+40"}, "binary": {"$binary": {"base64": "AQIDBA==", "subType": "00"}}, \
      "double": {"$numberDouble": "NaN"}, "long": {"$numberLong": "9223372036854775807"}, "none": {"$undefined": true}, \
      "regex": {"$regularExpression": {"pattern": "a", "options": "i"}}, "stamp": {"$timestamp": {"t": 1, "i": 2}}, \
      "min": {"$minKey": 1}, "code": {"$code": "f()"}}
      """
    let bytes = try #require(LibBSON.document(json: extended))
    let document = try BSONDocument(validating: bytes)
    #expect(
      String(decoding: JSONWriter.text(document), as: UTF8.self) == """
        {"oid":"691db5c90000000000000001","date":"2025-11-19T11:22:49.397Z","old":"1969-12-31T23:59:59.999Z",\
        "decimal":"1.50","large":"1E+40","binary":"AQIDBA==","double":null,"long":9223372036854775807,"none":null,\
        "regex":null,"stamp":null,"min":null,"code":"f()"}
        """)
    #expect(document["oid"]?.objectId?.description == "691db5c90000000000000001")
    #expect(document.present("none") == nil)
  }

  @Test func `damage to the bytes is noticed or harmless, and never crashes`() throws {
    var random = SplitMix64(seed: 7)
    let json = """
      {"a": {"b": [1, 2.5, "text", null, true, {"c": "é"}]}, "d": 9223372036854775807, "e": "x", "f": {}}
      """
    let bytes = Array(try JSONReader.object(Array(json.utf8)).bytes)
    var refused = 0
    for _ in 0..<20_000 {
      var damaged = bytes
      for _ in 0...(random.next() % 3) {
        damaged[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      if random.next() % 4 == 0 { damaged.removeLast(Int(random.next() % UInt64(bytes.count))) }
      do {
        _ = JSONWriter.text(try BSONDocument(validating: damaged))
      } catch {
        refused += 1
      }
    }
    #expect(refused > 5_000)
  }

  @Test func `documents that are nested too deep are refused without recursion`() {
    var bytes: [UInt8] = [5, 0, 0, 0, 0]
    for _ in 0..<100_000 {
      let count = UInt32(bytes.count + 8)
      if bytes.count > 4000 { break }
      bytes = (0..<4).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) } + [3, 0x61, 0] + bytes + [0]
    }
    #expect(throws: BSONError.self) { try BSONDocument(validating: bytes) }
  }

  @Test func `values are equal if their numbers are, whatever the types of numbers and the order of members`()
    throws
  {
    let document = try JSONReader.object(
      Array(
        "{\"a\":{\"x\":1,\"y\":[2.0,{}]},\"b\":{\"y\":[2,{}],\"x\":1.0},\"c\":{\"y\":[2,{}],\"x\":2}}".utf8))
    let (a, b, c) = (try #require(document["a"]), try #require(document["b"]), try #require(document["c"]))
    #expect(a.hasSameValue(as: b))
    #expect(!a.hasSameValue(as: c))
  }

  @Test func `an ObjectId is 24 hex digits of either case and nothing else`() {
    #expect(ObjectId("691DB5C9000000000000abCD")?.description == "691db5c9000000000000abcd")
    for text in ["", "691db5c9", "691db5c9000000000000000g", "691db5c90000000000000001 "] {
      #expect(ObjectId(text) == nil)
    }
    #expect(ObjectId(bytes: [1, 2, 3]) == nil)
  }
}
