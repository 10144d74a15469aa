import BSON
import Pipeline
import Synchronization
import Updates

/// The write that applies one record of a state line.
struct StateWrite: Sendable {
  let collection: RecordCollection
  let filter: BSONDocument
  /// `nil` for a deletion.
  let document: BSONDocument?

  init(deleting record: StateRecord) {
    collection = record.collection
    document = nil
    filter = record.filter
  }

  init(upserting record: StateRecord, line: LineOccurrences.Line?, index: Int) {
    collection = record.collection
    var output = BSONWriter(capacity: record.document.bytes.count + 32)
    switch record.collection {
    case .events:
      if let id = record.key.first.flatMap({ ObjectId($0) }) { output.append("_id", id) }
      filter = record.filter
    case .messagestatuses:
      let id = Self.historyId(line: line, index: index)
      output.append("_id", id)
      var byId = BSONWriter()
      byId.append("_id", id)
      filter = byId.finish()
    default:
      filter = record.filter
    }
    // A record's own `_id` is not stored: where none is set above, the server assigns one.
    for element in record.document where !element.hasKey("_id") { output.append(element) }
    document = output.finish()
  }

  /// The id of a record of a history: the same whenever the same line of the same timeline is applied.
  private static func historyId(line: LineOccurrences.Line?, index: Int) -> String {
    guard let line else { return "\(index)" }
    let digest = line.digest.map { String($0, radix: 16) }.joined(separator: "-")
    return "\(digest)/\(line.count)/\(index)"
  }
}

extension StateRecord {
  /// A filter for the records with this key.
  var filter: BSONDocument {
    var filter = BSONWriter()
    if collection == .events, let id = key.first.flatMap({ ObjectId($0) }) {
      filter.append("_id", id)
      return filter.finish()
    }
    for (field, value) in zip(collection.key, key) { filter.append(field, value) }
    return filter.finish()
  }
}
