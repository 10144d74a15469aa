import Foundation
import Logging
import SpecModel
import Testing

@testable import Operations

@Suite struct LogLineTests {
  private static let hostile = [
    "", " ", "plain", "a b", "\"", "\\", "a=b", "line\nfeed", "\r\n", "\t", "\u{0}\u{1}\u{1B}[31m",
    "\u{7F}\u{85}",
    "\u{2028}\u{2029}", "\u{202E}evil", "\u{FEFF}", "é", "👩‍👩‍👧", "\u{10FFFF}", "\u{E000}",
    "{\"level\":\"critical\"}",
    "x\n2026-11-21T00:00:00.000000Z critical forged", String(repeating: "\"\n", count: 20_000), "[1]",
    "key=\"v\"",
  ]

  private func line(_ message: String, _ metadata: Logger.Metadata = [:]) -> LogLine {
    LogLine(time: 1_795_264_010_018_737, level: .warning, message: message, metadata: metadata)
  }

  private func parsed(_ line: LogLine) throws -> [String: Any] {
    let bytes = line.bytes(.json)
    #expect(bytes.last == UInt8(ascii: "\n") && bytes.count { $0 < 0x20 } == 1)
    return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  /// What of a text is left after it was cut.
  private func cut(_ text: String) -> String {
    text.utf8.count > LogLine.longestText
      ? String(decoding: text.utf8.prefix(LogLine.longestText), as: UTF8.self) + "…" : text
  }

  @Test func `a line of JSON has time, level, message and the metadata as fields`() throws {
    let line = line(
      "done",
      [
        "event.id": "65", "updates": .stringConvertible(7), "rate": .stringConvertible(0.5),
        "on": .stringConvertible(true), "nan": .stringConvertible(Double.nan),
        "peers": ["mongodb", ["name": "consume"]],
      ])
    #expect(
      String(decoding: line.bytes(.json), as: UTF8.self)
        == """
        {"time":"2026-11-21T12:26:50.018737Z","level":"warning","message":"done","event.id":"65","nan":"nan",\
        "on":true,"peers":["mongodb",{"name":"consume"}],"rate":0.5,"updates":7}

        """)
  }

  @Test(arguments: hostile) func `whatever a value, key or message holds, the line is one object`(
    text: String
  ) throws {
    let nested: Logger.MetadataValue = ["inner": [.string(text)], "other": .stringConvertible(text)]
    let object = try parsed(line(text, ["value": .string(text), "nested": nested]))
    #expect(object["value"] as? String == cut(text) && object["message"] as? String == cut(text))
    let inner = try #require(object["nested"] as? [String: Any])
    #expect(inner["inner"] as? [String] == [cut(text)] && inner["other"] as? String == cut(text))
    let keyed = try parsed(line("m", [text: "value", "other": "x"]))
    #expect(keyed.count == 5 && keyed.values.contains { $0 as? String == "value" })
  }

  @Test func `a key that a line has already does not come twice`() throws {
    let line = line("m", ["time": "1", "level": "2", "message": "3", "metadata.time": "4"])
    let text = String(decoding: line.bytes(.json), as: UTF8.self)
    for key in ["time", "level", "message", "metadata.time", "metadata.metadata.time", "metadata.level"] {
      #expect(text.split(separator: "\"\(key)\":").count == 2, "\(key) in \(text)")
    }
    let object = try parsed(line)
    #expect(object["metadata.metadata.time"] as? String == "1" && object["metadata.time"] as? String == "4")
  }

  @Test(arguments: hostile)
  func `whatever a value holds, a line of text is one line that shows it as one word`(text: String) {
    let bytes = line("m", ["key": .string(text)]).bytes(.text)
    #expect(bytes.last == UInt8(ascii: "\n") && bytes.count { $0 < 0x20 || $0 == 0x7F } == 1)
    let shown = String(decoding: bytes, as: UTF8.self)
    #expect(shown.hasPrefix("2026-11-21T12:26:50.018737Z warning m key="))
    let word = shown.dropFirst("2026-11-21T12:26:50.018737Z warning m key=".count).dropLast()
    #expect(word.hasPrefix("\"") ? word.hasSuffix("\"") : !word.contains { $0.isWhitespace })
    #expect(
      !shown.contains("\u{2028}") && !shown.contains("\u{202E}") && !shown.unicodeScalars.contains("\u{85}"))
  }

  @Test func `a line of text quotes what is ambiguous`() {
    let line = line(
      "ready",
      [
        "a": "plain", "b": "two words", "c": "", "d": .stringConvertible(5), "e": ["x", ["k": "v"]],
        "f g": "[x]",
      ])
    #expect(
      String(decoding: line.bytes(.text), as: UTF8.self)
        == "2026-11-21T12:26:50.018737Z warning ready a=plain b=\"two words\" c=\"\" d=5 e=[\"x\",{\"k\":\"v\"}] "
        + "\"f g\"=\"[x]\"\n")
  }

  @Test func `times agree with Foundation's`() {
    let formatter = ISO8601DateFormatter()
    var random = SplitMix64(seed: 3)
    for _ in 0..<2000 {
      let seconds = Int64.random(in: -3_000_000_000...8_000_000_000, using: &random)
      let expected = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
      let fraction = Int64.random(in: 0..<1_000_000, using: &random)
      let digits = String(1_000_000 + fraction).dropFirst()
      #expect(timestamp(microseconds: seconds * 1_000_000 + fraction) == expected.dropLast() + ".\(digits)Z")
    }
  }
}
