import BSON

/// SplitMix64: the same seed gives the same numbers everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension SeededGenerator {
  private static let texts = [
    "", "a", "é", "e\u{301}", "\"\\\u{8}\n\u{1F}", "\u{2028}", "😀", "a.b", "$where",
    "a text that takes some more bytes",
  ]
  private static let integers: [Int64] = [
    0, -1, 255, 1 << 31, -(1 << 31), 1 << 53, (1 << 53) + 1, .max, .min,
  ]
  private static let doubles = [
    0, -0.0, 0.1, 5, -1.5, 1_763_551_369_397.6482, 1e21, 1e-7, .leastNonzeroMagnitude,
    .greatestFiniteMagnitude,
  ]

  mutating func bool() -> Bool { Bool.random(using: &self) }

  mutating func text() -> String { Self.texts.randomElement(using: &self) ?? "" }

  mutating func time() -> Double { Double.random(in: 0...2e12, using: &self) }

  /// Of every type that an update can hold, nested at most `levels` deep.
  mutating func document(levels: Int = 3) -> BSONDocument {
    var output = BSONWriter()
    for index in 0..<Int.random(in: 0...4, using: &self) {
      append("\(text())\(index)", levels: levels, to: &output)
    }
    return output.finish()
  }

  private mutating func append(_ key: String, levels: Int, to output: inout BSONWriter) {
    switch Int.random(in: levels > 0 ? 0...7 : 2...7, using: &self) {
    case 0: output.append(key, document(levels: levels - 1))
    case 1:
      output.open(key, as: .array)
      for index in 0..<Int.random(in: 0...12, using: &self) {
        append(String(index), levels: levels - 1, to: &output)
      }
      output.close()
    case 2: output.append(key, text())
    case 3: output.append(key, Self.integers.randomElement(using: &self) ?? 0)
    case 4: output.append(key, Self.doubles.randomElement(using: &self) ?? 0)
    case 5: output.append(key, bool())
    case 6: output.appendNull(key)
    default: if let id = objectId() { output.append(key, id) } else { output.appendNull(key) }
    }
  }

  mutating func objectId() -> ObjectId? {
    let bytes = (0..<12).map { _ in UInt8.random(in: 0...255, using: &self) }
    return ObjectId(bytes: bytes[...])
  }
}
