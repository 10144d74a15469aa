import BSON

/// A search that goes on page by page: only what a page needs is compared and made.
struct Finding {
  /// What has not been looked at.
  private var candidates: ArraySlice<BSONDocument>
  private let filter: Filter
  private let projection: BSONDocument?
  /// How many more may be found.
  private var left: Int

  init(_ candidates: [BSONDocument], filter: Filter, projection: BSONDocument?, limit: Int) {
    self.candidates = candidates[...]
    self.filter = filter
    self.projection = projection
    left = limit
  }

  var isDone: Bool { candidates.isEmpty || left == 0 }

  /// The next documents that match, at most `size`.
  mutating func next(_ size: Int) -> [BSONDocument] {
    var page: [BSONDocument] = []
    let most = min(size, left)
    while page.count < most, let document = candidates.popFirst() {
      if filter.matches(document) { page.append(projection.map { Self.project(document, $0) } ?? document) }
    }
    left -= page.count
    return page
  }

  /// The fields that are asked for, or all but those that are not wanted.
  private static func project(_ document: BSONDocument, _ projection: BSONDocument) -> BSONDocument {
    let wanted = projection.filter { ($0.number ?? 1) != 0 }.map(\.key)
    let unwanted = projection.filter { ($0.number ?? 1) == 0 }.map(\.key)
    var projected = BSONWriter(capacity: document.bytes.count)
    for element in document {
      let isWanted = wanted.isEmpty || wanted.contains { element.hasKey($0) } || element.hasKey("_id")
      if isWanted && !unwanted.contains(where: { element.hasKey($0) }) { projected.append(element) }
    }
    return projected.finish()
  }
}
