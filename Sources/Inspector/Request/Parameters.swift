/// The names and values of a query, or of a form.
package struct Parameters: Sendable, Equatable {
  private(set) var pairs: [(name: String, value: String)] = []
  /// Whether something was sent that is not UTF-8 in percent-encoding.
  private(set) var isDamaged = false

  package init() {}

  /// Reads `a=b&c=d` with percent-encoding, where `+` stands for a space.
  init(encoded text: Substring) {
    for pair in text.split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(halves[0]), let value = Self.decoded(halves.count > 1 ? halves[1] : "")
      else {
        isDamaged = true
        continue
      }
      pairs.append((name, value))
    }
  }

  package static func == (left: Parameters, right: Parameters) -> Bool {
    left.isDamaged == right.isDamaged && left.pairs.elementsEqual(right.pairs) { $0 == $1 }
  }

  /// The first value of this name that is not empty.
  subscript(_ name: String) -> String? {
    pairs.first { $0.name == name && !$0.value.isEmpty }?.value
  }

  /// All values of this name.
  func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(0x20)
      case UInt8(ascii: "%"):
        guard rest.count >= 2, let high = hexDigit(rest.removeFirst()), let low = hexDigit(rest.removeFirst())
        else { return nil }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}

/// A path with a query, as a link has it.
struct Link {
  private var text: String
  private var hasQuery = false

  init(_ path: String, _ pairs: [(String, String?)] = []) {
    text = path
    for (name, value) in pairs { if let value { add(name, value) } }
  }

  mutating func add(_ name: String, _ value: String) {
    text += (hasQuery ? "&" : "?") + name + "=" + Self.encoded(value)
    hasQuery = true
  }

  var string: String { text }

  /// Everything but letters, digits and `-._~` is encoded, so that no value has a meaning in a URL.
  private static func encoded(_ text: String) -> String {
    var output = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        output.unicodeScalars.append(UnicodeScalar(byte))
      default:
        output += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return output
  }
}
