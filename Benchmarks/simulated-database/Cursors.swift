import BSON

/// What the client of one connection has not fetched yet.
struct Cursors {
  private var rest: [Int64: ArraySlice<BSONDocument>] = [:]
  private var last: Int64 = 0

  /// A page of at most `size` documents; the rest waits under the cursor that the answer names. 0 means that there
  /// is no rest.
  mutating func first(_ documents: [BSONDocument], size: Int) -> (
    page: ArraySlice<BSONDocument>, cursor: Int64
  ) {
    guard documents.count > size else { return (documents[...], 0) }
    last += 1
    rest[last] = documents.dropFirst(size)
    return (documents.prefix(size), last)
  }

  /// The next page; `nil` when there is no such cursor.
  mutating func next(_ cursor: Int64, size: Int) -> (page: ArraySlice<BSONDocument>, cursor: Int64)? {
    guard let waiting = rest.removeValue(forKey: cursor) else { return nil }
    guard waiting.count > size else { return (waiting, 0) }
    rest[cursor] = waiting.dropFirst(size)
    return (waiting.prefix(size), cursor)
  }

  mutating func close(_ cursor: Int64) { rest[cursor] = nil }
}
