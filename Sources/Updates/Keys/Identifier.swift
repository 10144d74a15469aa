package import BSON

/// An id as the producers chose it. Ids compare by their UTF-8 bytes, as in MongoDB and RabbitMQ: `é` and `e`
/// with a combining accent are two ids, although Swift's `String` takes them for equal.
package struct Identifier: Sendable, CustomStringConvertible {
  /// The longest id in bytes (spec section 1).
  package static let longest = 255

  package let string: String

  /// Takes an id without checking it: one from a stored record, or a text built from ids.
  package init(_ string: String) {
    self.string = string
  }

  /// Reads the id from a field of an event; `field` is its path.
  ///
  /// - Throws: ``BadEvent`` unless it is a non-empty string without NUL of at most 255 bytes (spec section
  ///   1).
  package init(_ element: BSONElement, field: String) throws(BadEvent) {
    guard let bytes = element.stringBytes else {
      throw BadEvent(field, "is \(element.type.article), where an id (a string) is needed", .invalid)
    }
    guard !bytes.isEmpty else { throw BadEvent(field, "is empty, where an id is needed", .invalid) }
    guard bytes.count <= Self.longest else {
      throw BadEvent(field, "is an id of \(bytes.count) bytes; \(Self.longest) are allowed", .invalid)
    }
    guard !bytes.contains(0) else { throw BadEvent(field, "is an id that holds NUL", .invalid) }
    string = String(decoding: bytes, as: UTF8.self)
  }

  package var description: String { string }

  /// The trimmed lower-case form under which existing installations store users (spec section 2); `nil` when
  /// it is empty or the same id. Trims what JavaScript's `trim` does.
  package var trimmedLowercase: Identifier? {
    let utf8 = string.utf8
    let isPlain = utf8.allSatisfy { $0 > 0x20 && $0 < 0x80 && !($0 >= 0x41 && $0 <= 0x5A) }
    if isPlain { return nil }
    let scalars = string.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isTrimmed($0) }),
      let last = scalars.lastIndex(where: { !isTrimmed($0) })
    else { return nil }
    let other = Identifier(String(scalars[first...last]).lowercased())
    return other == self ? nil : other
  }
}

/// WhiteSpace and LineTerminator of ECMA-262.
private func isTrimmed(_ scalar: UnicodeScalar) -> Bool {
  switch scalar.value {
  case 0x09...0x0D, 0xFEFF, 0x2028, 0x2029: true
  default: scalar.properties.generalCategory == .spaceSeparator
  }
}

extension Identifier: Hashable {
  /// Equal means the same bytes.
  package static func == (left: Identifier, right: Identifier) -> Bool {
    let (left, right) = (left.string.utf8, right.string.utf8)
    guard left.count == right.count else { return false }
    let same = left.withContiguousStorageIfAvailable { left in
      right.withContiguousStorageIfAvailable { right in
        hasSameBytes(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
      }
    }
    return (same ?? nil) ?? left.elementsEqual(right)
  }

  package func hash(into hasher: inout Hasher) {
    let isHashed: Void? = string.utf8.withContiguousStorageIfAvailable {
      hasher.combine(bytes: UnsafeRawBufferPointer($0))
    }
    if isHashed == nil { for byte in string.utf8 { hasher.combine(byte) } }
  }
}

/// Compares two buffers of the same length, eight bytes at a time.
private func hasSameBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  var offset = 0
  while offset + 8 <= left.count {
    let words = (
      left.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
      right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    )
    if words.0 != words.1 { return false }
    offset += 8
  }
  while offset < left.count {
    if left[offset] != right[offset] { return false }
    offset += 1
  }
  return true
}

extension Identifier: Comparable {
  /// Orders by bytes.
  package static func < (left: Identifier, right: Identifier) -> Bool {
    left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
  }
}

extension BSONType {
  /// The type in words, with its article, for ``BadEvent`` reasons.
  var article: String {
    switch self {
    case .double, .int32, .int64, .decimal128: "a number"
    case .string: "a string"
    case .document: "an object"
    case .array: "an array"
    case .bool: "a boolean"
    case .null, .undefined: "null"
    default: "of an unexpected type"
    }
  }
}
