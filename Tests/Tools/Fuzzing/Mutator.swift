import SpecModel

/// Damages bytes in ways that have broken parsers before.
struct Mutator {
  var random: SplitMix64
  private let lines: [[UInt8]]
  private let events: [[UInt8]]

  init(random: SplitMix64, corpus: Corpus) {
    self.random = random
    lines = corpus.lines
    events = corpus.events
  }

  mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(max(bound, 1))) }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// A line of the corpus with several damages, sometimes with none.
  mutating func line() -> [UInt8] {
    var bytes = pick(lines)
    for _ in 0..<pick([0, 1, 1, 2, 3]) { damageText(&bytes) }
    return bytes
  }

  /// An event of the corpus. Most of its damages leave it JSON.
  mutating func event() -> [UInt8] {
    var bytes = pick(events)
    for _ in 0..<pick([0, 1, 1, 2, 4]) {
      if below(8) == 0 { damageText(&bytes) } else { damageValue(&bytes) }
    }
    return bytes
  }

  /// Damages the bytes of JSON text, or one of its values.
  mutating func damageText(_ bytes: inout [UInt8]) {
    switch below(10) {
    case 0...4: damageValue(&bytes)
    case 5: insert(pick(Self.tokens), at: nil, in: &bytes)
    case 6: splice(&bytes)
    default: damageBytes(&bytes)
    }
  }

  /// Replaces a value or a key. JSON stays JSON unless the new value is not JSON.
  private mutating func damageValue(_ bytes: inout [UInt8]) {
    switch below(4) {
    case 0: insert(pick(Self.members), at: memberPositions(bytes), in: &bytes)
    case 1: exchangeKey(in: &bytes)
    default: replaceValue(in: &bytes)
    }
  }

  /// Replaces a key by one that has a meaning.
  private mutating func exchangeKey(in bytes: inout [UInt8]) {
    let ends = bytes.indices.dropFirst(2).filter {
      bytes[$0] == UInt8(ascii: ":") && bytes[$0 - 1] == UInt8(ascii: "\"")
    }
    guard !ends.isEmpty else { return damageBytes(&bytes) }
    let end = pick(ends) - 1
    guard let start = bytes[..<end].lastIndex(of: UInt8(ascii: "\"")) else { return }
    bytes.replaceSubrange(start...end, with: "\"\(pick(Self.keys))\"".utf8)
  }

  mutating func damageBytes(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else {
      bytes = [UInt8(truncatingIfNeeded: random.next())]
      return
    }
    let position = below(bytes.count)
    let length = min(bytes.count - position, 1 + below(pick([2, 8, 64])))
    switch below(7) {
    case 0: bytes[position] ^= 1 << UInt8(below(8))
    case 1: bytes[position] = pick([0, 1, 0x7F, 0x80, 0xC0, 0xED, 0xF4, 0xFF, UInt8(below(256))])
    case 2: bytes.removeSubrange(position..<position + length)
    case 3: bytes.insert(contentsOf: bytes[position..<position + length], at: below(bytes.count))
    case 4: bytes.removeLast(bytes.count - position)
    case 5:
      bytes.insert(
        contentsOf: (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }, at: position)
    default:
      // Lengths are numbers of four bytes.
      let value: UInt32 = pick([0, 1, 4, 5, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, UInt32(below(1 << 16))])
      for offset in 0..<min(4, bytes.count - position) {
        bytes[position + offset] = UInt8(truncatingIfNeeded: value >> UInt32(8 * offset))
      }
    }
  }

  /// Replaces some bytes of this line by some of another.
  private mutating func splice(_ bytes: inout [UInt8]) {
    let other = pick(lines)
    let from = below(other.count)
    let piece = other[from..<min(other.count, from + 1 + below(200))]
    let position = below(bytes.count + 1)
    bytes.replaceSubrange(position..<min(bytes.count, position + below(200)), with: piece)
  }

  /// Replaces a value after a colon.
  private mutating func replaceValue(in bytes: inout [UInt8]) {
    let colons = bytes.indices.filter { bytes[$0] == UInt8(ascii: ":") }
    guard !colons.isEmpty else { return damageBytes(&bytes) }
    let start = pick(colons) + 1
    let end = endOfValue(in: bytes, from: start)
    bytes.replaceSubrange(start..<end, with: value())
  }

  /// Where the value that starts here probably ends.
  private func endOfValue(in bytes: [UInt8], from start: Int) -> Int {
    var level = 0
    var isInString = false
    var position = start
    while position < bytes.count {
      let byte = bytes[position]
      if isInString {
        if byte == UInt8(ascii: "\\") {
          position += 1
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
      } else if byte == UInt8(ascii: "\"") {
        isInString = true
      } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        level += 1
      } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: ",") {
        if level == 0 { return position }
        if byte != UInt8(ascii: ",") { level -= 1 }
      }
      position += 1
    }
    return bytes.count
  }

  private func memberPositions(_ bytes: [UInt8]) -> [Int] {
    bytes.indices.filter { bytes[$0] == UInt8(ascii: "{") }.map { $0 + 1 }
  }

  private mutating func insert(_ text: String, at positions: [Int]?, in bytes: inout [UInt8]) {
    let position = positions.flatMap { $0.isEmpty ? nil : pick($0) } ?? below(bytes.count + 1)
    bytes.insert(contentsOf: text.utf8, at: position)
  }

  /// A value that often causes trouble.
  mutating func value() -> [UInt8] {
    switch below(20) {
    case 0:
      let levels = pick([3, 98, 99, 100, 101, 5000])
      let (open, close) = pick([("[", "]"), ("{\"a\":", "}"), ("{\"meta\":[", "]}")])
      return Array(
        (String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)).utf8)
    case 1:
      return Array(
        "\"\(String(repeating: pick(["x", "é", "\\u0000", "👋", "."]), count: pick([127, 128, 255, 256, 9000])))\""
          .utf8)
    case 2: return Array("[\(String(repeating: "{},", count: pick([10, 1000])))0]".utf8)
    case 3: return Array("{\((0..<below(60)).map { "\"k\($0 % 30)\":\($0)," }.joined())\"k\":0}".utf8)
    case 4:
      return Array(String((0..<pick([18, 19, 20, 40, 400])).map { _ in Character("\(below(10))") }).utf8)
    case 5: return Array("0.\(String(repeating: "3", count: pick([17, 400, 2000])))e\(below(700) - 350)".utf8)
    case 6:
      return Array("\"".utf8) + (0..<below(12)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        + Array("\"".utf8)
    default: return Array(pick(Self.values).utf8)
    }
  }

  private static let values = [
    "null", "true", "false", "0", "-0", "-1", "1", "2.0", "1e400", "-1e400", "1e-400", "1e308", "5e-324",
    "NaN",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
    "1763551369397.6482",
    "18446744073709551616", "0.1", "01", "1.", ".5", "1e", "+1", "--1", "{}", "[]", "[null]", "\"\"", "\" \"",
    "{\"$ne\":null}", "{\"$gt\":\"\"}", "{\"$in\":[\"a\"]}", "{\"$where\":\"sleep(9999)\"}",
    "{\"$oid\":\"691db5c90000000000000001\"}",
    "{\"$date\":5}", "{\"$numberLong\":\"7\"}", "{\"$regex\":\".*\"}", "\"$where\"", "\"a.b\"", "\"*\"",
    "\"#\"", "\".\"",
    "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\udc4b\"", "\"\\uD83D\"",
    "\"\\x41\"",
    "\"\\", "\"\u{e9}\"", "\"e\u{301}\"", "\"\u{feff}x\"", "\"\u{2028}\"", "\"İ\"", "\"Σ\"", "\"\u{10FFFF}\"",
    "\"691db5c90000000000000001\"", "\"evt_691db5c9000000000000000100000000\"", "\"user.update\"",
    "\"message.create\"",
    "\"message.update\"", "\"message.status.update\"", "\"message.reaction.update\"", "\"dialog.typing\"",
    "\"dialog.member.add\"", "\"dialog.member.update\"", "\"dialog.create\"", "\"user.stats.update\"",
    "\"message\"", "\"dialog\"",
    "\"messageStatus\"", "[\"member.state.unreadCount\"]", "{\"unreadCount\":{\"from\":1,\"to\":2.0}}",
    "{\"userId\":\"carl\"}",
    "{\"dialogId\":\"d1\"}", "{\"messageId\":\"m1\",\"dialogId\":\"d1\"}", "{\"userId\":null}",
    "{\"meta\":{\"a\":null}}",
  ]

  private static let members = [
    "\"\":1,", "\"$where\":1,", "\"$set\":{\"published\":true},", "\"a.b\":{\"$ne\":1},", "\"_id\":5,",
    "\"_id\":null,",
    "\"__v\":1,", "\"__proto__\":{},", "\"tenantId\":\"other\",", "\"tenantId\":{\"$ne\":null},",
    "\"dialogId\":[\"d1\"],",
    "\"dialogId\":\"d1\",", "\"userId\":\"carl\",", "\"userId\":{\"$gt\":\"\"},", "\"messageId\":\"m1\",",
    "\"senderId\":null,",
    "\"meta\":5,", "\"meta\":{\"updated\":1,\"updated\":2},", "\"state\":{\"isActive\":0},",
    "\"includedSections\":5,",
    "\"statuses\":null,", "\"senderInfo\":[],", "\"routingKey\":\"x\",", "\"published\":true,",
    "\"statusUpdate\":{},",
    "\"reactionUpdate\":null,", "\"statusMessageMatrix\":5,", "\"delta\":{\"unreadCount\":{}},",
    "\"typing\":{},",
    "\"data\":null,", "\"data\":[],", "\"eventType\":\"dialog.update\",", "\"entityId\":[],",
    "\"\\u0000\":1,", "\"\\ud800\":1,",
  ]

  private static let keys = [
    "_id", "eventId", "tenantId", "eventType", "entityType", "entityId", "actorId", "data", "createdAt",
    "context", "dialog",
    "member", "message", "typing", "user", "actor", "delta", "dialogId", "messageId", "userId", "senderId",
    "meta", "state",
    "statuses", "senderInfo", "statusUpdate", "reactionUpdate", "statusMessageMatrix", "isActive",
    "unreadCount",
    "updatedFields", "includedSections", "timestamp", "expiresInMs", "userInfo", "type", "newStatus",
    "oldReaction",
  ]

  private static let tokens = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\n", "\r\n", "\u{0}", "\u{feff}", "//", "#", "null",
    "{\"a\":",
    "\"upsert\":", "\"delete\":", "1e999", "\u{7f}", "\u{2028}",
  ]
}
