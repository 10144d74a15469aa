import BSON

/// The documents of one collection, in the order in which they were inserted.
struct Collection {
  /// Fields that tell few documents from the rest. An index is made when one of them is first asked for, or at once if
  /// one is to be made that has the field in it.
  private static let selective: Set<String> = [
    "_id", "dialogId", "entityId", "eventId", "messageId", "userId",
  ]

  private var documents: [BSONDocument] = []
  private var indexes = [Index(field: "_id")]

  /// Returns false, and changes nothing, if there is a document with the same `_id`.
  mutating func insert(_ document: BSONDocument) -> Bool {
    if let id = document["_id"], indexes[0].positions[Value(id)] != nil { return false }
    for number in indexes.indices { indexes[number].add(document, at: documents.count) }
    documents.append(document)
    return true
  }

  /// Makes an index of a field, unless there is one or it would tell too little.
  mutating func makeIndex(of field: String) {
    if Self.selective.contains(field) { _ = index(of: field) }
  }

  /// The number of the index of a field, which is made if there is none.
  private mutating func index(of field: String) -> Int {
    if let number = indexes.firstIndex(where: { $0.field == field }) { return number }
    var index = Index(field: field)
    for position in documents.indices { index.add(documents[position], at: position) }
    indexes.append(index)
    return indexes.count - 1
  }

  /// The positions in ascending order of the documents that an index leads to, of all if none does.
  private mutating func candidates(_ filter: Filter) -> [Int] {
    // Of one value, the positions are in order already.
    var least: (positions: [Int], isOrdered: Bool)?
    for (field, condition) in filter.conditions where Self.selective.contains(field) {
      guard case .isAny(let values) = condition else { continue }
      let number = index(of: field)
      let found = values.map { indexes[number].positions[$0] ?? [] }
      if least.map({ found.reduce(0) { $0 + $1.count } < $0.positions.count }) ?? true {
        least = found.count == 1 ? (found[0], true) : (found.flatMap(\.self), false)
      }
    }
    guard let least else { return Array(documents.indices) }
    return least.isOrdered ? least.positions : least.positions.sorted()
  }

  /// The documents of which some may match.
  mutating func documents(for filter: Filter) -> [BSONDocument] { candidates(filter).map { documents[$0] } }

  /// Sets fields of all documents that match, or of the first one. Returns how many matched. The fields must not be
  /// those that an index is made of.
  mutating func update(_ filter: Filter, set fields: BSONDocument, isMany: Bool) -> Int {
    let matching = Array(
      candidates(filter).lazy.filter { [documents] in filter.matches(documents[$0]) }.prefix(
        isMany ? .max : 1))
    for position in matching {
      var changed = BSONWriter(capacity: documents[position].bytes.count + fields.bytes.count)
      for element in documents[position] where fields[element.key] == nil { changed.append(element) }
      changed.append(elementsOf: fields)
      documents[position] = changed.finish()
    }
    return matching.count
  }
}

/// Where the documents are that have a value in a field.
private struct Index {
  let field: String
  var positions: [Value: [Int]] = [:]

  mutating func add(_ document: BSONDocument, at position: Int) {
    if let element = document[field] { positions[Value(element), default: []].append(position) }
  }
}
