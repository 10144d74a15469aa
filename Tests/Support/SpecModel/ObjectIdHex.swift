/// Identities: 24 hex digits in lower case.
enum ObjectIdHex {
  /// The identity of an event (§1): `_id`, or else the first 24 digits of `eventId`.
  static func identity(of event: Fields) throws(BadLine) -> ExactString {
    if let id = event.present("_id") {
      guard let hex = read(id) else { throw BadLine("_id is no identity") }
      return hex
    }
    guard let eventId = event.present("eventId")?.string else {
      throw BadLine("neither _id nor eventId")
    }
    let bytes = Array(eventId.text.utf8)
    guard bytes.starts(with: "evt_".utf8), let hex = hex(Array(bytes.dropFirst(4)), digits: 32)
    else { throw BadLine("eventId is no identity") }
    return ExactString(String(hex.text.prefix(24)))
  }

  /// 24 hex digits, or `{"$oid": "24 hex digits"}`; `nil` for anything else.
  static func read(_ value: JSON) -> ExactString? {
    var digits = value
    if let fields = value.object {
      guard fields.count == 1, let inner = fields["$oid"] else { return nil }
      digits = inner
    }
    guard let text = digits.string else { return nil }
    return hex(Array(text.text.utf8), digits: 24)
  }

  private static func hex(_ bytes: [UInt8], digits: Int) -> ExactString? {
    let allowed = Array("0123456789abcdefABCDEF".utf8)
    guard bytes.count == digits, bytes.allSatisfy(allowed.contains) else { return nil }
    return ExactString(String(decoding: bytes, as: UTF8.self).lowercased())
  }
}
