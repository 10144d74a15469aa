/// Builds one BSON document, element by element, into memory that it owns.
///
/// Embedded documents are opened with ``open(_:as:)`` and closed in reverse order; their lengths are filled
/// in when they are closed. The caller supplies the keys `0`, `1`, … of arrays.
package struct BSONWriter: Sendable {
  private var bytes: [UInt8]
  private var open: [Int] = [0]

  /// Starts a document. `capacity` is the expected size in bytes; a good guess avoids reallocation.
  package init(capacity: Int = 256) {
    bytes = []
    bytes.reserveCapacity(capacity)
    bytes.append(contentsOf: [0, 0, 0, 0])
  }

  /// Bytes written so far.
  package var count: Int { bytes.count }

  /// Closes every document that is still open and returns the outermost one.
  package consuming func finish() -> BSONDocument {
    while !open.isEmpty { close() }
    return BSONDocument(trusted: bytes[...])
  }

  package mutating func open(_ key: String, as type: BSONType = .document) {
    start(type, key)
    openUnkeyed()
  }

  /// Closes the document opened last.
  package mutating func close() {
    guard let start = open.popLast() else { return }
    bytes.append(0)
    let length = UInt32(truncatingIfNeeded: bytes.count - start)
    for index in 0..<4 {
      bytes[start + index] = UInt8(truncatingIfNeeded: length >> UInt32(8 * index))
    }
  }

  /// Copies an element, key and value.
  package mutating func append(_ element: BSONElement) {
    bytes.append(contentsOf: element.bytes)
  }

  package mutating func append(elementsOf document: BSONDocument) {
    bytes.append(contentsOf: document.bytes.dropFirst(4).dropLast(1))
  }

  /// Copies the value of `element` under another key.
  package mutating func append(_ key: String, valueOf element: BSONElement) {
    start(element.type, key)
    bytes.append(contentsOf: element.valueBytes)
  }

  /// Copies the value of `element` under another key, or appends null when `element` is `nil`.
  package mutating func append(_ key: String, valueOf element: BSONElement?) {
    if let element { append(key, valueOf: element) } else { appendNull(key) }
  }

  package mutating func append(_ key: String, _ document: BSONDocument) {
    start(.document, key)
    bytes.append(contentsOf: document.bytes)
  }

  package mutating func append(_ key: String, strings: [String]) {
    open(key, as: .array)
    for (index, string) in strings.enumerated() {
      bytes.append(BSONType.string.rawValue)
      append(decimal: index)
      bytes.append(0)
      append(value: string)
    }
    close()
  }

  package mutating func append(_ key: String, _ string: String) {
    start(.string, key)
    append(value: string)
  }

  private mutating func append(value string: String) {
    append(uint32: UInt32(truncatingIfNeeded: string.utf8.count + 1))
    bytes.append(contentsOf: string.utf8)
    bytes.append(0)
  }

  /// Appends the string, or null when it is `nil`.
  package mutating func append(_ key: String, _ string: String?) {
    if let string { append(key, string) } else { appendNull(key) }
  }

  package mutating func append(_ key: String, _ id: ObjectId) {
    start(.objectId, key)
    id.append(to: &bytes)
  }

  package mutating func append(_ key: String, _ value: Bool) {
    start(.bool, key)
    bytes.append(value ? 1 : 0)
  }

  package mutating func append(_ key: String, _ value: Double) {
    start(.double, key)
    append(uint64: value.bitPattern)
  }

  /// Appends an integer, in 32 bits if it fits, otherwise in 64.
  package mutating func append(_ key: String, _ value: Int64) {
    if let small = Int32(exactly: value) {
      start(.int32, key)
      append(uint32: UInt32(bitPattern: small))
    } else {
      start(.int64, key)
      append(uint64: UInt64(bitPattern: value))
    }
  }

  package mutating func appendNull(_ key: String) {
    start(.null, key)
  }

  // MARK: - For the JSON reader, which writes keys and strings byte by byte

  /// Reserves the type byte of an element whose type is known only once its key has been read; returns its
  /// position.
  mutating func reserveType() -> Int {
    bytes.append(0)
    return bytes.count - 1
  }

  mutating func setType(_ type: BSONType, at position: Int) { bytes[position] = type.rawValue }
  mutating func append(raw byte: UInt8) { bytes.append(byte) }
  mutating func append(raw slice: ArraySlice<UInt8>) { bytes.append(contentsOf: slice) }

  /// Appends the digits of a non-negative number, which is the key of an array's item.
  mutating func append(decimal number: Int) {
    if number >= 10 { append(decimal: number / 10) }
    bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
  }

  mutating func openUnkeyed() {
    open.append(bytes.count)
    append(uint32: 0)
  }

  mutating func append(uint32 value: UInt32) {
    for index in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * index))) }
  }

  mutating func append(uint64 value: UInt64) {
    for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
  }

  mutating func overwrite(uint32 value: UInt32, at position: Int) {
    for index in 0..<4 { bytes[position + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
  }

  /// The bytes written in `range`, for comparing keys.
  func slice(_ range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

  /// Keeps only the given element ranges (ascending) of what was written from `start` on.
  mutating func keep(_ ranges: [Range<Int>], from start: Int) {
    var kept: [UInt8] = []
    for range in ranges { kept.append(contentsOf: bytes[range]) }
    bytes.replaceSubrange(start..., with: kept)
  }

  private mutating func start(_ type: BSONType, _ key: String) {
    bytes.append(type.rawValue)
    bytes.append(contentsOf: key.utf8)
    bytes.append(0)
  }
}
