extension TimelineGenerator {
  mutating func value(levels: Int = 3) -> JSON {
    switch below(levels > 0 ? 10 : 7) {
    case 0: return .null
    case 1: return .bool(chance(50))
    case 2: return integer()
    case 3: return double()
    case 4, 5, 6: return .string(text())
    case 7: return .array((0..<below(4)).map { _ in value(levels: levels - 1) })
    default: return .object(oddFields(levels: levels - 1))
    }
  }

  /// An object with odd keys.
  mutating func oddFields(levels: Int = 2) -> Fields {
    var fields = Fields()
    for _ in 0..<below(4) {
      fields[oddKey()] = value(levels: levels)
    }
    if chance(10) { fields = ["$oid": .string(hex(digits: 24))] }
    if chance(10) { fields = ["$date": pick(["2025-11-19T11:22:49Z", time()])] }
    if chance(5) { fields = ["$numberLong": "5"] }
    return fields
  }

  /// A key the worker does not know.
  mutating func oddKey() -> ExactString {
    pick([
      "$where", "a.b", "", "$oid", "$date", "$", ".", "name", "title", "\u{e9}", "e\u{301}",
      "__proto__", "constructor", "_id", "__v", "key\"quoted\\", "\u{1F44B}", "tenant",
      "line\nbreak", "\u{2028}", "$ref", "$set", "0",
    ])
  }

  private mutating func integer() -> JSON {
    let integers: [Int64] = [
      0, 1, -1, 5, 42, 1 << 53, (1 << 53) + 1, -(1 << 53) - 1, .max, .min, .max - 1,
      1_763_551_369_397, 2_147_483_648,
    ]
    return .integer(pick(integers))
  }

  private mutating func double() -> JSON {
    let doubles: [Double] = [
      1763551369397.6482, 1e21, .leastNonzeroMagnitude, 1e-7, 0.1, 0.30000000000000004, -2.5, 5.0,
      0.0, -0.0,
      9_223_372_036_854_775_808.0, -9_223_372_036_854_775_808.0, 18_446_744_073_709_551_616.0,
      1.7976931348623157e308, 2.2250738585072014e-308, 1e16, 123456789012345680.0, 1e22, 1e-5,
    ]
    return .double(pick(doubles))
  }

  mutating func text() -> String {
    pick([
      "", "x", "Hello, world", "\u{e9}", "e\u{301}", "\u{1F468}\u{200D}\u{1F469}", "a\u{0}b",
      "\"quoted\" \\ /", "tab\tnewline\nreturn\r", "\u{1}\u{1f}\u{7f}", "\u{2028}\u{2029}",
      "\u{fffd}\u{ffff}", "\u{10ffff}", "$where", "null", "1e400", "\u{feff}bom",
      String(repeating: "long ", count: 100),
    ])
  }

  /// Arrays and objects that are nested this many levels deep.
  mutating func nested(levels: Int) -> JSON {
    var value: JSON = .string("bottom")
    for _ in 0..<levels {
      value = chance(50) ? [value] : ["n": value]
    }
    return value
  }

  /// Adds keys the worker does not know.
  mutating func addExtras(to fields: inout Fields, percent: Int = 40) {
    guard chance(percent) else { return }
    for _ in 0...below(2) {
      fields[oddKey()] = value()
    }
    // In an event's section (level 3) this reaches exactly the allowed 100 levels.
    if chance(1) { fields["deep"] = nested(levels: 97) }
  }

  /// A meta value: mostly an object, sometimes anything or nothing.
  mutating func meta() -> JSON? {
    switch below(10) {
    case 0: return nil
    case 1: return .null
    case 2: return pick(["x", [], 5, false, [["a": 1]], 0])
    default: return .object(metaFields())
    }
  }

  mutating func metaFields() -> Fields {
    var meta = Fields()
    for _ in 0..<below(4) {
      meta[ExactString(pick(Universe.metaKeys))] = value(levels: 2)
    }
    return meta
  }
}
