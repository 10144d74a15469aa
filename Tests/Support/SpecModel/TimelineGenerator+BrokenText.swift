extension TimelineGenerator {
  /// The text of an object, changed so that it is not JSON, or is JSON that the spec does not allow.
  mutating func brokenText(_ text: String) -> String {
    let body = String(text.dropFirst())
    switch below(6) {
    case 0:
      return String(String.UnicodeScalarView(text.unicodeScalars.prefix(1 + below(text.count))))
    case 1:
      return text + pick(["x", "}", ",", "{}", " null", "\u{0}", "#", "//"])
    case 2:
      return #"{"extra":"# + pick(Self.brokenValues) + "," + body
    case 3:
      return "{" + pick(Self.brokenMembers) + "," + body
    case 4:
      // One level too many: the outermost object is level 1.
      return #"{"deep":"# + nested(levels: 100 + below(3) * 1000).text + "," + body
    default:
      return pick(Self.brokenLines)
    }
  }

  /// The line with bytes in one of its strings that are not UTF-8.
  mutating func withoutUTF8(_ line: String) -> [UInt8] {
    let wrong: [[UInt8]] = [
      [0x80], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
      [0xE2, 0x82], [0xF8, 0x88, 0x80, 0x80, 0x80],
    ]
    let body = Array(line.utf8.drop { $0 != UInt8(ascii: "{") }.dropFirst())
    return Array(#"{"bytes":""#.utf8) + pick(wrong) + Array(#"","#.utf8) + body
  }

  private static let brokenValues = [
    "1e400", "-1e400", "1e99999", "NaN", "Infinity", "-Infinity", "01", "-01", "+1", ".5", "1.",
    "-", "1e", "1e+", "0x10", "1_000", "nul", "True", "undefined", "'x'", #""\ud800""#,
    #""\udc00""#, #""\ud800x""#, #""\ud800\u0041""#, #""\udc00\ud800""#, #""\u12G4""#,
    #""\u12""#, #""\x41""#, #""\u{41}""#, "\"raw\ttab\"", "\"raw \u{1} control\"", #""open"#,
    "[1,]", "[,1]", "[1 2]", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "{1:1}", "[1}", "{]", "",
    "1 /* comment */", "\u{a0}1", "\u{ff11}", #""\u+041""#,
  ]

  private static let brokenMembers = [
    #""a\u0000b":1"#, #""\u0000":1"#, #""x":{"a":{"b\u0000":null}}"#, "", ":1", #""x""#, "null",
    #""x":1:2"#, #""\ud83d":1"#,
  ]

  private static let brokenLines = [
    "[]", "[{}]", "null", "true", "5", "\"text\"", "{", "}", "{}", "{\"data\":{}}", "not json",
    "{} {}", "[", "\u{0}", "{\"_id\":\"691db5c90000000000000001\"}", "-", "\"", "1e400",
    String(repeating: "[", count: 5000), String(repeating: "{\"a\":", count: 5000),
  ]
}
