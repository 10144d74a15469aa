/// A BSON document that owns (or shares, copy-on-write) its bytes.
///
/// A value of this type is always well formed: it comes from ``BSONWriter``, from ``JSONReader``, from
/// ``init(validating:)``, or is a part of such a document. Reading it therefore needs no further checks.
public struct BSONDocument: Sendable {
  /// The encoded document: length, elements, terminator. The slice may start at any index.
  public let bytes: ArraySlice<UInt8>

  /// An empty document.
  public static let empty = BSONDocument(trusted: [5, 0, 0, 0, 0])

  /// Takes bytes that the caller knows to be one well-formed document.
  init(trusted bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  /// Takes bytes from outside (a database, a file) after checking their whole structure: lengths, types,
  /// terminators, UTF-8 of keys and strings, at most 250 levels.
  ///
  /// - Throws: ``BSONError`` with the offset of the first fault.
  public init(validating bytes: [UInt8]) throws(BSONError) {
    let slice = bytes[...]
    var validator = BSONValidator(bytes: slice)
    try validator.validate()
    self.bytes = slice
  }

  /// Whether the document has no element.
  public var isEmpty: Bool { bytes.count <= 5 }

  /// The first element of this key; keys compare byte by byte.
  public subscript(_ key: String) -> BSONElement? {
    let name = key.utf8
    var position = bytes.startIndex + 4
    while position < bytes.endIndex - 1, let type = BSONType(rawValue: bytes[position]) {
      var keyEnd = position + 1
      var matches = true
      var rest = name.makeIterator()
      while bytes[keyEnd] != 0 {
        if matches { matches = rest.next() == bytes[keyEnd] }
        keyEnd += 1
      }
      guard let size = type.size(of: bytes, at: keyEnd + 1) else { return nil }
      let end = keyEnd + 1 + size
      if matches, rest.next() == nil {
        return BSONElement(type: type, container: bytes, start: position, keyEnd: keyEnd, end: end)
      }
      position = end
    }
    return nil
  }

  /// The value of this key, with BSON null and undefined taken for absent.
  public func present(_ key: String) -> BSONElement? {
    guard let element = self[key], !element.isNull else { return nil }
    return element
  }

  /// The embedded document of this key, `nil` when it is absent or of another type.
  public func document(_ key: String) -> BSONDocument? {
    self[key]?.document
  }
}

extension BSONDocument: Sequence {
  /// Walks over the elements in their order.
  public struct Iterator: IteratorProtocol {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
      self.bytes = bytes
      self.position = bytes.startIndex + 4
    }

    /// The next element, `nil` at the end.
    public mutating func next() -> BSONElement? {
      guard position < bytes.endIndex - 1, let type = BSONType(rawValue: bytes[position]) else { return nil }
      let keyStart = position + 1
      var keyEnd = keyStart
      while bytes[keyEnd] != 0 { keyEnd += 1 }
      let valueStart = keyEnd + 1
      guard let size = type.size(of: bytes, at: valueStart) else { return nil }
      let element = BSONElement(
        type: type, container: bytes, start: position, keyEnd: keyEnd, end: valueStart + size)
      position = valueStart + size
      return element
    }
  }

  /// An iterator over the elements.
  public func makeIterator() -> Iterator { Iterator(bytes) }
}

extension BSONDocument: Hashable {
  /// Equal means the same bytes: same keys, types and values in the same order.
  public static func == (left: BSONDocument, right: BSONDocument) -> Bool { left.bytes == right.bytes }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) {
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}
