import BSON

/// What the client of one connection has not fetched yet.
struct Cursors {
  private var rest: [Int64: Finding] = [:]
  private var last: Int64 = 0

  /// A page of at most `size` documents; the rest waits under the cursor that the answer names. 0 means that there
  /// is no rest.
  mutating func first(_ finding: Finding, size: Int) -> (page: [BSONDocument], cursor: Int64) {
    var finding = finding
    let page = finding.next(size)
    if finding.isDone { return (page, 0) }
    last += 1
    rest[last] = finding
    return (page, last)
  }

  /// The next page; `nil` when there is no such cursor.
  mutating func next(_ cursor: Int64, size: Int) -> (page: [BSONDocument], cursor: Int64)? {
    guard var finding = rest.removeValue(forKey: cursor) else { return nil }
    let page = finding.next(size)
    if finding.isDone { return (page, 0) }
    rest[cursor] = finding
    return (page, cursor)
  }

  mutating func close(_ cursor: Int64) { rest[cursor] = nil }
}
