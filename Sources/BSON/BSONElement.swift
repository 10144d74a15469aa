/// One key and value inside a document, as a view of the document's bytes: nothing is copied until it is
/// asked for.
package struct BSONElement: Sendable {
  package let type: BSONType
  private let container: ArraySlice<UInt8>
  private let start: Int
  private let keyEnd: Int
  private let end: Int

  init(type: BSONType, container: ArraySlice<UInt8>, start: Int, keyEnd: Int, end: Int) {
    self.type = type
    self.container = container
    self.start = start
    self.keyEnd = keyEnd
    self.end = end
  }

  package var key: String { String(decoding: keyBytes, as: UTF8.self) }

  /// The key's bytes, without the terminator.
  package var keyBytes: ArraySlice<UInt8> { container[start + 1..<keyEnd] }

  /// The whole element as the document holds it: type byte, key, terminator and value.
  package var bytes: ArraySlice<UInt8> { container[start..<end] }

  /// The encoded value alone.
  package var valueBytes: ArraySlice<UInt8> { container[keyEnd + 1..<end] }

  /// Compares the keys byte by byte.
  package func hasKey(_ key: String) -> Bool {
    let base = container.startIndex
    return container.span.holds(key.utf8Span.span, in: start + 1 - base..<keyEnd - base)
  }

  /// Whether the value is BSON null (or the deprecated undefined).
  package var isNull: Bool { type == .null || type == .undefined }

  /// The UTF-8 bytes of a string value, `nil` for other types.
  package var stringBytes: ArraySlice<UInt8>? {
    type == .string ? container[keyEnd + 5..<end - 1] : nil
  }

  package var string: String? {
    stringBytes.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The embedded document; `nil` for other types, including arrays.
  package var document: BSONDocument? {
    type == .document ? BSONDocument(trusted: valueBytes) : nil
  }

  /// The array as a document with the keys `0`, `1`, …; `nil` for other types.
  package var array: BSONDocument? {
    type == .array ? BSONDocument(trusted: valueBytes) : nil
  }

  package var bool: Bool? {
    type == .bool ? container[keyEnd + 1] != 0 : nil
  }

  package var objectId: ObjectId? {
    type == .objectId ? ObjectId(bytes: valueBytes) : nil
  }

  /// An integer or double as the nearest double, `nil` for other types.
  package var number: Double? {
    switch type {
    case .double: Double(bitPattern: word)
    case .int32, .int64: integer.map(Double.init)
    default: nil
    }
  }

  /// An integer of 32 or 64 bits, or the milliseconds of a date; `nil` for other types.
  package var integer: Int64? {
    switch type {
    case .int32:
      Int64(Int32(bitPattern: container.span.littleEndian32(at: keyEnd + 1 - container.startIndex)))
    case .int64, .date: Int64(bitPattern: word)
    default: nil
    }
  }

  /// The first eight bytes of the value.
  private var word: UInt64 { container.span.littleEndian64(at: keyEnd + 1 - container.startIndex) }

  /// An integer or double with all its digits; `nil` for other types, including dates.
  package var exactNumber: BSONNumber? {
    if type == .date { return nil }
    return integer.map(BSONNumber.integer) ?? number.map(BSONNumber.double)
  }

  /// Whether both values are the same: numbers by value, whatever their type; objects by their members in any
  /// order, arrays by their items in order; everything else by type and bytes.
  package func hasSameValue(as other: BSONElement) -> Bool {
    if let left = exactNumber, let right = other.exactNumber { return left.isEqual(to: right) }
    guard type == other.type else { return false }
    if valueBytes == other.valueBytes { return true }
    if let left = document ?? array, let right = other.document ?? other.array {
      // The items of an array are members whose keys are their positions.
      return left.hasSameMembers(as: right)
    }
    return false
  }
}

extension BSONDocument {
  fileprivate func hasSameMembers(as other: BSONDocument) -> Bool {
    var members: [ArraySlice<UInt8>: BSONElement] = [:]
    for element in other { members[element.keyBytes] = element }
    var count = 0
    for element in self {
      guard let counterpart = members[element.keyBytes], element.hasSameValue(as: counterpart) else {
        return false
      }
      count += 1
    }
    return count == members.count
  }
}
