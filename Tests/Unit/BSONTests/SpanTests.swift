import BSON
import Foundation
import Testing

/// Bytes are searched a word at a time, so that what is found must not depend on where in a word it stands.
@Suite struct SpanTests {
  private func document(_ build: (inout BSONWriter) -> Void) -> BSONDocument {
    var output = BSONWriter()
    build(&output)
    return output.finish()
  }

  @Test func `§5 whatever needs an escape gets one, wherever it stands in a text of any length`() throws {
    let special = (0..<0x20).map(UInt8.init) + Array("\"\\".utf8)
    let ordinary = Array(" !#[]^~\u{7F}".utf8)
    for length in 1...18 {
      for position in 0..<length {
        for byte in special + ordinary {
          var text = [UInt8](repeating: UInt8(ascii: "a"), count: length)
          text[position] = byte
          // A second one, before or after it, must not hide the first.
          text[(position * 5 + 3) % length] = byte
          let string = String(decoding: text, as: UTF8.self)
          let json = JSONWriter.text(document { $0.append("key", string) })
          #expect(try JSONDecoder().decode([String: String].self, from: Data(json)) == ["key": string])
          #expect(try JSONReader.object(json)["key"]?.string == string)
        }
      }
    }
  }

  @Test func `a character of several bytes needs no escape, wherever it stands`() throws {
    for length in 0...18 {
      let string = String(repeating: "a", count: length) + "é“👋\u{80}" + "b"
      let json = JSONWriter.text(document { $0.append("key", string) })
      #expect(json == Array("{\"key\":\"\(string)\"}".utf8))
      #expect(try JSONReader.object(json)["key"]?.string == string)
    }
  }

  @Test func `keys of any length are found between values of any bytes`() throws {
    // A zero byte and the byte after it are hard to tell from two zero bytes.
    let values: [Int64] = [0, 1, 0x100, 0x0101_0101, -1, 0x0100_0000_0000_0000, 0x0080_8080_8080_8080]
    let keys = (1...20).flatMap { length in
      ["a", "\u{1}", "\u{80}"].map { String(repeating: $0, count: length) }
    }
    let all = document { output in
      for (index, key) in keys.enumerated() { output.append(key, values[index % values.count]) }
    }
    #expect(all.map(\.key) == keys)
    for (index, key) in keys.enumerated() {
      #expect(all[key]?.integer == values[index % values.count])
      #expect(all[key + "x"] == nil)
    }
    #expect(throws: Never.self) { try BSONDocument(validating: Array(all.bytes)) }
  }
}
