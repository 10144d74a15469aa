import Testing

@testable import BSON

@Suite struct BSONDifferenceTests {
  private func differences(_ first: String, _ second: String, limit: Int = .max) throws -> [String] {
    func document(_ json: String) throws -> BSONDocument { try JSONReader.object(Array(json.utf8)) }
    return try document(first).differences(from: document(second), limit: limit).map { difference in
      let sides = (difference.first == nil ? "" : "<") + (difference.second == nil ? "" : ">")
      return "\(difference.path) \(sides)"
    }
  }

  @Test func `equal documents do not differ, whatever the order of their members and the types of numbers`()
    throws
  {
    #expect(try differences(#"{"a":1,"b":{"c":[1,2.0]}}"#, #"{"b":{"c":[1.0,2]},"a":1.0}"#) == [])
  }

  @Test func `a difference is named by the path that leads to it`() throws {
    #expect(
      try differences(#"{"a":{"b":1,"c":2},"d":[1,{"e":2}]}"#, #"{"a":{"b":1,"c":3},"d":[1,{"e":4}]}"#)
        == ["a.c <>", "d.1.e <>"])
  }

  @Test func `a field that only one of them has is named as a whole`() throws {
    #expect(
      try differences(#"{"a":{"b":{"c":1}},"d":1}"#, #"{"a":{},"e":{"f":1}}"#) == ["a.b <", "d <", "e >"])
    #expect(try differences(#"{"a":[1,2]}"#, #"{"a":[1]}"#) == ["a.1 <"])
  }

  @Test func `an object and a value, or an object and an array, differ as a whole`() throws {
    #expect(
      try differences(#"{"a":{"b":1},"c":[],"d":null}"#, #"{"a":1,"c":{},"d":0}"#) == [
        "a <>", "c <>", "d <>",
      ])
  }

  @Test func `keys compare byte by byte`() throws {
    #expect(try differences(#"{"é":1}"#, #"{"e\u0301":1}"#) == ["é <", "e\u{301} >"])
  }

  @Test func `no more differences are found than are asked for`() throws {
    #expect(
      try differences(#"{"a":{"b":1,"c":1},"d":1}"#, #"{"a":{"b":2,"c":2},"e":1}"#, limit: 2) == [
        "a.b <>", "a.c <>",
      ])
  }
}
