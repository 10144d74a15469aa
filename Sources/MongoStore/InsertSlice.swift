import BSON

/// Documents to insert, one after the other in one block of memory, so that one call hands over all of them.
struct InsertSlice: Sendable {
  /// A slice of this many bytes is full, which bounds the memory that an insert takes.
  static let fullSize = 4 * 1024 * 1024
  /// A slice of this many documents is full.
  static let fullCount = 1000

  private(set) var bytes: [UInt8] = []
  private var ends: [Int] = []

  var isEmpty: Bool { ends.isEmpty }
  var count: Int { ends.count }
  var isFull: Bool { count >= Self.fullCount || bytes.count >= Self.fullSize }

  /// The range of a document in ``bytes``.
  func range(of index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  mutating func append(_ document: BSONDocument) {
    if bytes.isEmpty { bytes.reserveCapacity(document.bytes.count * 128) }
    bytes.append(contentsOf: document.bytes)
    ends.append(bytes.count)
  }

  /// A copy of the documents at these indexes.
  func slice(_ indexes: Range<Int>) -> InsertSlice {
    guard let first = indexes.first else { return InsertSlice() }
    var slice = InsertSlice()
    let start = range(of: first).lowerBound
    slice.bytes = Array(bytes[start..<ends[indexes.upperBound - 1]])
    slice.ends = indexes.map { ends[$0] - start }
    return slice
  }
}
