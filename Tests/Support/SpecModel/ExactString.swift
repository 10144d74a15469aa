/// Text that compares byte by byte (§1: `é` and `e` + combining accent are two ids).
///
/// Swift's own `String` compares by canonical equivalence, which would merge them.
package struct ExactString: Hashable, Comparable, Sendable {
  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  /// Equal if the UTF-8 bytes are equal.
  package static func == (left: ExactString, right: ExactString) -> Bool {
    // Texts with the same bytes are also equal as strings, which is found out faster; the reverse holds for ASCII.
    guard left.text == right.text else { return false }
    if left.text.utf8Span.isKnownASCII, right.text.utf8Span.isKnownASCII { return true }
    return left.text.utf8.elementsEqual(right.text.utf8)
  }

  /// Ordered by UTF-8 bytes.
  package static func < (left: ExactString, right: ExactString) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  /// Hashes the UTF-8 bytes.
  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(text.utf8.count)
  }
}

extension ExactString: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) {
    self.init(text)
  }
}

extension ExactString: CustomStringConvertible {
  /// The text itself.
  package var description: String { text }
}
