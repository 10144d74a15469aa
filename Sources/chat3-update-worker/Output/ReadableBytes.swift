import Support
import BSON
import Pipeline

/// Bytes of which nobody knows what they are, to be read on a terminal: an object in JSON laid out, anything else as
/// escaped text.
func readable(_ bytes: [UInt8]) -> String {
  do {
    _ = try JSONReader.object(bytes)
  } catch {
    return escaped(bytes)
  }
  return indentedJSON(bytes).split(separator: "\n", omittingEmptySubsequences: false)
    .map { printable(String($0)) }.joined(separator: "\n")
}

/// Bytes as one line of text, in which control characters, backslashes and what is no UTF-8 are escaped as C does.
func escaped(_ bytes: [UInt8]) -> String {
  var output = ""
  var parser = Unicode.UTF8.ForwardParser()
  var iterator = bytes.makeIterator()
  var position = 0
  while true {
    switch parser.parseScalar(from: &iterator) {
    case .valid(let scalar):
      position += scalar.count
      append(Unicode.UTF8.decode(scalar), to: &output)
    case .error(let length):
      for byte in bytes[position..<position + length] { output += "\\x" + hex(byte) }
      position += length
    case .emptyInput: return output
    }
  }
}

private func append(_ scalar: Unicode.Scalar, to output: inout String) {
  switch scalar {
  case "\\": output += "\\\\"
  case "\n": output += "\\n"
  case "\r": output += "\\r"
  case "\t": output += "\\t"
  case _ where scalar.value < 0x80 && scalar.properties.generalCategory == .control:
    output += "\\x" + hex(UInt8(scalar.value))
  case _ where scalar.properties.generalCategory == .control:
    output += "\\u00" + hex(UInt8(truncatingIfNeeded: scalar.value))
  default: output.unicodeScalars.append(scalar)
  }
}

private func hex(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 16)
  return digits.count == 2 ? digits : "0" + digits
}
