import BSON

/// The documents of one collection, in the order in which they were inserted.
struct Collection {
  /// Fields that tell few documents from the rest. An index is made when one of them is first asked for.
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

  /// The number of the index of a field, which is made if there is none.
  private mutating func index(of field: String) -> Int {
    if let number = indexes.firstIndex(where: { $0.field == field }) { return number }
    var index = Index(field: field)
    for position in documents.indices { index.add(documents[position], at: position) }
    indexes.append(index)
    return indexes.count - 1
  }

  /// The positions of the documents that match, at most `limit` of them, in ascending order.
  private mutating func positions(_ filter: Filter, limit: Int = .max) -> [Int] {
    var least: [Int]?
    for (field, condition) in filter.conditions where Self.selective.contains(field) {
      guard case .isAny(let values) = condition else { continue }
      let number = index(of: field)
      let found = values.flatMap { indexes[number].positions[$0] ?? [] }
      if least.map({ found.count < $0.count }) ?? true { least = found }
    }
    var matching: [Int] = []
    for position in least?.sorted() ?? Array(documents.indices) where matching.count < limit {
      if filter.matches(documents[position]) { matching.append(position) }
    }
    return matching
  }

  /// The documents that match.
  mutating func find(_ filter: Filter, limit: Int) -> [BSONDocument] {
    positions(filter, limit: limit).map { documents[$0] }
  }

  /// Sets fields of all documents that match, or of the first one. Returns how many matched. The fields must not be
  /// those that an index is made of.
  mutating func update(_ filter: Filter, set fields: BSONDocument, isMany: Bool) -> Int {
    let matching = positions(filter, limit: isMany ? .max : 1)
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
