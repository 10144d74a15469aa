/// Text that compares byte by byte (§1: `é` and `e` + combining accent are two ids).
///
/// Swift's own `String` compares by canonical equivalence, which would merge them.
public struct ExactString: Hashable, Comparable, Sendable {
  /// The text itself.
  public let text: String

  /// Wraps the text.
  public init(_ text: String) {
    self.text = text
  }

  /// Equal when the UTF-8 bytes are equal.
  public static func == (left: ExactString, right: ExactString) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  /// Ordered by UTF-8 bytes.
  public static func < (left: ExactString, right: ExactString) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  /// Hashes the UTF-8 bytes.
  public func hash(into hasher: inout Hasher) {
    for byte in text.utf8 {
      hasher.combine(byte)
    }
    hasher.combine(text.utf8.count)
  }
}

extension ExactString: ExpressibleByStringLiteral {
  /// Makes literals usable as keys and ids.
  public init(stringLiteral text: String) {
    self.init(text)
  }
}

extension ExactString: CustomStringConvertible {
  /// The text itself.
  public var description: String { text }
}
