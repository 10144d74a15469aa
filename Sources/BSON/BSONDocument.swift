/// A BSON document that owns (or shares, copy-on-write) its bytes.
///
/// A value of this type is always well formed: it comes from ``BSONWriter``, from ``JSONReader``, from
/// ``init(validating:)``, or lies inside such a document. Reading it therefore needs no further checks.
package struct BSONDocument: Sendable {
  /// The encoded document: length, elements, terminator. The slice may start at any index.
  package let bytes: ArraySlice<UInt8>

  /// The size in bytes of the largest document that MongoDB stores (`maxBsonObjectSize`).
  package static let largestStored = 16 << 20

  package static let empty = BSONDocument(trusted: [5, 0, 0, 0, 0])

  /// Takes bytes that the caller knows to be one well-formed document.
  init(trusted bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  /// Takes bytes from outside (a database, a file) after checking their whole structure: lengths, types,
  /// terminators, UTF-8 of keys and strings, at most 250 levels.
  ///
  /// - Throws: ``BSONError`` with the offset of the first fault.
  package init(validating bytes: [UInt8]) throws(BSONError) {
    try BSONValidator.validate(bytes.span)
    self.bytes = bytes[...]
  }

  package var isEmpty: Bool { bytes.count <= 5 }

  /// The first element with this key; keys compare byte by byte.
  package subscript(_ key: String) -> BSONElement? {
    let span = bytes.span
    let name = key.utf8Span.span
    var position = 4
    while position < span.count - 1, let type = BSONType(rawValue: span[position]) {
      guard let keyEnd = span.terminator(from: position + 1), let size = type.size(of: span, at: keyEnd + 1)
      else { return nil }
      let end = keyEnd + 1 + size
      if span.holds(name, in: position + 1..<keyEnd) {
        let base = bytes.startIndex
        return BSONElement(
          type: type, container: bytes, start: base + position, keyEnd: base + keyEnd, end: base + end)
      }
      position = end
    }
    return nil
  }

  /// The first element with this key, `nil` also when its value is BSON null or undefined.
  package func present(_ key: String) -> BSONElement? {
    guard let element = self[key], !element.isNull else { return nil }
    return element
  }

  /// The embedded document under this key; `nil` when it is absent or of another type.
  package func document(_ key: String) -> BSONDocument? {
    self[key]?.document
  }
}

extension BSONDocument: Sequence {
  package struct Iterator: IteratorProtocol {
    private let bytes: ArraySlice<UInt8>
    private var position = 4

    init(_ bytes: ArraySlice<UInt8>) {
      self.bytes = bytes
    }

    package mutating func next() -> BSONElement? {
      guard let found = element(at: position) else { return nil }
      position = found.next
      return found.element
    }

    private func element(at position: Int) -> (element: BSONElement, next: Int)? {
      let span = bytes.span
      guard position < span.count - 1, let type = BSONType(rawValue: span[position]),
        let keyEnd = span.terminator(from: position + 1), let size = type.size(of: span, at: keyEnd + 1)
      else { return nil }
      let (base, end) = (bytes.startIndex, keyEnd + 1 + size)
      return (
        BSONElement(
          type: type, container: bytes, start: base + position, keyEnd: base + keyEnd, end: base + end), end
      )
    }
  }

  package func makeIterator() -> Iterator { Iterator(bytes) }
}

extension BSONDocument: Hashable {
  /// Equal means the same bytes: same keys, types and values in the same order.
  package static func == (left: BSONDocument, right: BSONDocument) -> Bool { left.bytes == right.bytes }

  package func hash(into hasher: inout Hasher) {
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}
