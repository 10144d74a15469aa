/// Builds one BSON document, element by element, into memory that it owns.
///
/// Embedded documents are opened with ``open(_:as:)`` and closed in reverse order; their lengths are filled
/// in when they are closed. The caller supplies the keys `0`, `1`, … of arrays.
package struct BSONWriter: Sendable {
  private var bytes: [UInt8] = []
  /// Where the innermost open document starts. Until it is closed, its length field holds where the document around it
  /// starts. The outermost one starts at 0.
  private var innermost = 0

  /// Starts a document. `capacity` is the expected size in bytes; a good guess avoids reallocation.
  package init(capacity: Int = 256) {
    bytes.reserveCapacity(capacity)
    append(uint32: 0)
  }

  /// Bytes written so far.
  package var count: Int { bytes.count }

  /// Closes every document that is still open and returns the outermost one.
  package consuming func finish() -> BSONDocument {
    while innermost > 0 { close() }
    bytes.append(0)
    overwrite(uint32: UInt32(truncatingIfNeeded: bytes.count), at: 0)
    return BSONDocument(trusted: bytes[...])
  }

  package mutating func open(_ key: String, as type: BSONType = .document) {
    start(type, key)
    openUnkeyed()
  }

  /// Closes the document opened last.
  package mutating func close() {
    let start = innermost
    guard start > 0 else { return }
    innermost = Int(bytes.span.littleEndian32(at: start))
    bytes.append(0)
    overwrite(uint32: UInt32(truncatingIfNeeded: bytes.count - start), at: start)
  }

  /// Copies an element, key and value.
  package mutating func append(_ element: BSONElement) {
    bytes.append(copying: element.bytes.span)
  }

  package mutating func append(elementsOf document: BSONDocument) {
    let elements = document.bytes.span
    bytes.append(copying: elements.extracting(4..<elements.count - 1))
  }

  /// Copies the value of `element` under another key.
  package mutating func append(_ key: String, valueOf element: BSONElement) {
    let value = element.valueBytes
    append(element.type, key, size: value.count) { output in output.append(copying: value.span) }
  }

  /// Copies the value of `element` under another key, or appends null when `element` is `nil`.
  package mutating func append(_ key: String, valueOf element: BSONElement?) {
    if let element { append(key, valueOf: element) } else { appendNull(key) }
  }

  package mutating func append(_ key: String, _ document: BSONDocument) {
    let bytes = document.bytes
    append(.document, key, size: bytes.count) { output in output.append(copying: bytes.span) }
  }

  package mutating func append(_ key: String, strings: [String]) {
    open(key, as: .array)
    for (index, string) in strings.enumerated() {
      bytes.append(BSONType.string.rawValue)
      append(decimal: index)
      bytes.append(0)
      let text = string.utf8Span.span
      bytes.append(addingCapacity: text.count + 5) { output in output.append(string: text) }
    }
    close()
  }

  package mutating func append(_ key: String, _ string: String) {
    let text = string.utf8Span.span
    append(.string, key, size: text.count + 5) { output in output.append(string: text) }
  }

  /// Appends the string, or null when it is `nil`.
  package mutating func append(_ key: String, _ string: String?) {
    if let string { append(key, string) } else { appendNull(key) }
  }

  package mutating func append(_ key: String, _ id: ObjectId) {
    append(.objectId, key, size: 12) { output in id.append(to: &output) }
  }

  package mutating func append(_ key: String, _ value: Bool) {
    append(.bool, key, size: 1) { output in output.append(value ? 1 : 0) }
  }

  package mutating func append(_ key: String, _ value: Double) {
    append(.double, key, size: 8) { output in output.append(littleEndian: value.bitPattern) }
  }

  /// Appends an integer, in 32 bits if it fits, otherwise in 64.
  package mutating func append(_ key: String, _ value: Int64) {
    if let small = Int32(exactly: value) {
      append(.int32, key, size: 4) { output in output.append(littleEndian: small) }
    } else {
      append(.int64, key, size: 8) { output in output.append(littleEndian: value) }
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
  mutating func append(raw text: Span<UInt8>) { bytes.append(copying: text) }

  /// Appends the digits of a non-negative number, which is the key of an array's item.
  mutating func append(decimal number: Int) {
    // The longest has 19 digits.
    bytes.append(addingCapacity: 19) { output in output.append(decimal: UInt64(number.magnitude)) }
  }

  mutating func openUnkeyed() {
    let start = bytes.count
    append(uint32: UInt32(truncatingIfNeeded: innermost))
    innermost = start
  }

  mutating func append(uint32 value: UInt32) {
    bytes.append(addingCapacity: 4) { output in output.append(littleEndian: value) }
  }

  mutating func append(uint64 value: UInt64) {
    bytes.append(addingCapacity: 8) { output in output.append(littleEndian: value) }
  }

  mutating func overwrite(uint32 value: UInt32, at position: Int) {
    var field = bytes.mutableSpan
    for index in 0..<4 { field[position + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
  }

  /// The bytes written in `range`, for comparing keys.
  func slice(_ range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }

  /// Whether the bytes written in both ranges are the same.
  func holdsSame(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
    bytes.span.holds(bytes.span.extracting(left), in: right)
  }

  /// Keeps only the given element ranges (ascending) of what was written from `start` on.
  mutating func keep(_ ranges: [Range<Int>], from start: Int) {
    var kept: [UInt8] = []
    for range in ranges { kept.append(contentsOf: bytes[range]) }
    bytes.replaceSubrange(start..., with: kept)
  }

  private mutating func start(_ type: BSONType, _ key: String) {
    append(type, key, size: 0) { _ in }
  }

  /// Appends an element whose value of `size` bytes `value` writes.
  private mutating func append(
    _ type: BSONType, _ key: String, size: Int, _ value: (inout OutputSpan<UInt8>) -> Void
  ) {
    let name = key.utf8Span.span
    bytes.append(addingCapacity: name.count + 2 + size) { output in
      output.append(type.rawValue)
      output.append(copying: name)
      output.append(0)
      value(&output)
    }
  }
}

extension OutputSpan<UInt8> {
  /// Appends the value of a string: its length with the terminator, the text, the terminator.
  fileprivate mutating func append(string text: Span<UInt8>) {
    append(littleEndian: UInt32(truncatingIfNeeded: text.count + 1))
    append(copying: text)
    append(0)
  }
}
