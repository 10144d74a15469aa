import BSON
import RabbitBroker
import SpecModel

/// Properties and headers in AMQP's encoding, which any producer may send.
struct HeaderCheck {
  private static let names = ["traceparent", "x-error", "CC", "", "a.b", "$where", "é", "\u{0}", "x-death"]

  /// Reads random properties.
  ///
  /// - Returns: Whether they had headers.
  static func run(_ mutator: inout Mutator) throws(Finding) -> Bool {
    var table = table(&mutator, level: 0)
    // As many arrays, each in the one before it, as a frame of RabbitMQ holds.
    if mutator.below(200) == 0 { table = nested(levels: mutator.pick([100, 251, 5000, 25_000])) }
    var input: [UInt8] = mutator.pick([[0x20, 0], [0x30, 0], [0xA0, 0], [0xFF, 0xFC], [0xFF, 0xFF]])
    if input[0] & 0x80 != 0 { input += [4] + Array("json".utf8) }
    if input[0] & 0x40 != 0 { input += [0] }
    input += table
    input += (0..<mutator.below(40)).map { _ in UInt8(mutator.below(256)) }
    for _ in 0..<mutator.pick([0, 0, 1, 3]) { mutator.damageBytes(&input) }

    let (properties, headers) = MessageProperties.document(input)
    for document in [properties, headers] {
      do {
        _ = try BSONDocument(validating: Array(document.bytes))
      } catch {
        throw Finding("\(error)", input)
      }
      try Finding.expect(
        (try? JSON.parse(JSONWriter.text(document), deepest: 400)) != nil, "printed as what is no JSON", input
      )
    }
    return !headers.isEmpty
  }

  private static func table(_ mutator: inout Mutator, level: Int) -> [UInt8] {
    var entries: [UInt8] = []
    for _ in 0..<mutator.below(5) {
      let name = Array(mutator.pick(names).utf8)
      entries += [UInt8(name.count)] + name + value(&mutator, level: level)
    }
    return length(entries.count) + entries
  }

  private static func value(_ mutator: inout Mutator, level: Int) -> [UInt8] {
    let kind = mutator.pick(Array("SxtbBsuIilLTfdDVFAz".utf8))
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(mutator.below(256)) } }
    switch UnicodeScalar(kind) {
    case "S", "x":
      let text = bytes(mutator.below(30))
      return [kind] + length(text.count) + text
    case "t", "b", "B": return [kind] + bytes(1)
    case "s", "u": return [kind] + bytes(2)
    case "I", "i", "f": return [kind] + bytes(4)
    case "l", "L", "T", "d": return [kind] + bytes(8)
    case "D": return [kind] + bytes(5)
    case "F" where level < 4: return [kind] + table(&mutator, level: level + 1)
    case "A" where level < 4:
      let items = (0..<mutator.below(4)).flatMap { _ in value(&mutator, level: level + 1) }
      return [kind] + length(items.count) + items
    default: return [UInt8(ascii: "V")]
    }
  }

  private static func nested(levels: Int) -> [UInt8] {
    let arrays = (0..<levels).flatMap { [UInt8(ascii: "A")] + length(5 * (levels - 1 - $0)) }
    let entry = [1, UInt8(ascii: "a")] + arrays
    return length(entry.count) + entry
  }

  private static func length(_ count: Int) -> [UInt8] {
    stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: count >> $0) }
  }
}
