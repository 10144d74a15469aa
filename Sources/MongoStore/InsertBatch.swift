import BSON

/// Documents to insert, one behind the other in one piece of memory, so that one call hands over all of them.
struct InsertBatch: Sendable {
  /// A server takes no larger document.
  static let largestDocument = 16 * 1024 * 1024
  /// A batch that holds this many bytes is full: a bound of the memory that an insert takes.
  static let fullSize = 4 * 1024 * 1024
  /// A batch of this many documents is full.
  static let fullCount = 1000

  private(set) var bytes: [UInt8] = []
  private var ends: [Int] = []

  var isEmpty: Bool { ends.isEmpty }
  var count: Int { ends.count }
  var isFull: Bool { count >= Self.fullCount || bytes.count >= Self.fullSize }

  /// Where the bytes of a document are.
  func range(of index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  mutating func append(_ document: BSONDocument) {
    if bytes.isEmpty { bytes.reserveCapacity(document.bytes.count * 128) }
    bytes.append(contentsOf: document.bytes)
    ends.append(bytes.count)
  }

  /// The documents of a part of the batch.
  func part(_ indexes: Range<Int>) -> InsertBatch {
    guard let first = indexes.first else { return InsertBatch() }
    var part = InsertBatch()
    let start = range(of: first).lowerBound
    part.bytes = Array(bytes[start..<ends[indexes.upperBound - 1]])
    part.ends = indexes.map { ends[$0] - start }
    return part
  }
}
