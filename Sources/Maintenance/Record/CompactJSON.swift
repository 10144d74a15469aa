import BSON

/// Puts a JSON text on one line, and masks fields of it. Nothing else changes: no digit of a number, no escape,
/// no order, and no key that comes twice.
struct CompactJSON {
  private let input: [UInt8]
  private var position = 0
  private var output: [UInt8] = []

  /// - Parameter text: A JSON object that ``JSONReader`` accepts.
  static func line(_ text: [UInt8], mask: RecordingMask) throws(JSONError) -> [UInt8] {
    var compact = CompactJSON(text)
    try compact.copyValue(mask.root, isMasked: false)
    return compact.output
  }

  private init(_ input: [UInt8]) {
    self.input = input
    output.reserveCapacity(input.count)
  }

  private var next: UInt8? { position < input.count ? input[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  /// Copies a value; `node` is where the path to it leads, `nil` when no masked field lies in it.
  private mutating func copyValue(_ node: RecordingMask.Node?, isMasked: Bool) throws(JSONError) {
    let isMasked = isMasked || node?.isEnd == true
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): try copyMembers(node, isMasked: isMasked)
    case UInt8(ascii: "["): try copyItems(node, isMasked: isMasked)
    case UInt8(ascii: "\""):
      let string = takeString()
      if isMasked {
        output.append(UInt8(ascii: "\""))
        output += RecordingMask.mask(String(decoding: try Self.text(of: string), as: UTF8.self))
        output.append(UInt8(ascii: "\""))
      } else {
        output += string
      }
    default:
      while let byte = next, ![0x20, 0x09, 0x0A, 0x0D].contains(byte), !Self.ends.contains(byte) {
        output.append(byte)
        position += 1
      }
    }
  }

  private static let ends = Array(",]}".utf8)

  private mutating func copyMembers(_ node: RecordingMask.Node?, isMasked: Bool) throws(JSONError) {
    copyByte()
    skipSpace()
    while let byte = next, byte != UInt8(ascii: "}") {
      if byte == UInt8(ascii: ",") {
        copyByte()
        skipSpace()
      }
      let key = takeString()
      output += key
      skipSpace()
      copyByte()
      let inner = node.flatMap { $0.next.isEmpty ? nil : $0 }
      try copyValue(
        try inner.flatMap { node throws(JSONError) in node.next[try Self.text(of: key)] }, isMasked: isMasked)
      skipSpace()
    }
    copyByte()
  }

  private mutating func copyItems(_ node: RecordingMask.Node?, isMasked: Bool) throws(JSONError) {
    copyByte()
    skipSpace()
    while let byte = next, byte != UInt8(ascii: "]") {
      if byte == UInt8(ascii: ",") { copyByte() }
      try copyValue(node, isMasked: isMasked)
      skipSpace()
    }
    copyByte()
  }

  private mutating func copyByte() {
    guard let byte = next else { return }
    output.append(byte)
    position += 1
  }

  /// Steps over a string and returns it with its quotes and escapes.
  private mutating func takeString() -> ArraySlice<UInt8> {
    let start = position
    position += 1
    while let byte = next, byte != UInt8(ascii: "\"") { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
    position = min(position + 1, input.count)
    return input[start..<position]
  }

  /// The text that a string with quotes and escapes stands for.
  private static func text(of string: ArraySlice<UInt8>) throws(JSONError) -> [UInt8] {
    let bare = string.dropFirst().dropLast()
    guard bare.contains(UInt8(ascii: "\\")) else { return Array(bare) }
    let document = try JSONReader.object(Array("{\"\":".utf8) + string + [UInt8(ascii: "}")])
    return document[""]?.stringBytes.map { Array($0) } ?? []
  }
}
