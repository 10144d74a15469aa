/// JSON text laid out to be read: a line for each member and element, two spaces for each level. Nothing else changes,
/// no number's digits, no order and no key that comes twice.
package func indentedJSON(_ text: [UInt8]) -> String {
  var output: [UInt8] = []
  output.reserveCapacity(text.count * 2)
  var level = 0
  var rest = text[...]
  func breakLine() {
    output.append(UInt8(ascii: "\n"))
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: level * 2))
  }
  while let byte = rest.popFirst() {
    switch byte {
    case UInt8(ascii: "\""):
      output.append(byte)
      while let next = rest.popFirst() {
        output.append(next)
        if next == UInt8(ascii: "\"") { break }
        if next == UInt8(ascii: "\\"), let escaped = rest.popFirst() { output.append(escaped) }
      }
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      output.append(byte)
      rest = rest.drop(while: isSpace)
      if let end = rest.first, end == byte + 2 {
        // Empty: the brackets of a pair are two apart in ASCII.
        output.append(end)
        rest.removeFirst()
      } else {
        level += 1
        breakLine()
      }
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      level = max(0, level - 1)
      breakLine()
      output.append(byte)
    case UInt8(ascii: ","):
      output.append(byte)
      breakLine()
    case UInt8(ascii: ":"):
      output += [byte, UInt8(ascii: " ")]
    case _ where isSpace(byte): break
    default: output.append(byte)
    }
  }
  return String(decoding: output, as: UTF8.self)
}

private func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
