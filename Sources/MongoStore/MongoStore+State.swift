import BSON
import Crypto
import Pipeline
import Synchronization
import Updates

extension MongoStore: StateStore {
  /// Applies a change, record by record; not as a whole, which a standalone server has no means for. Applied again
  /// after a failure, or by a second replay of the same timeline, it changes nothing more.
  public func apply(_ change: StateChange) async throws {
    let occurrence = occurrences.next(of: change)
    let writes = change.records.enumerated().map { index, record in
      switch change.action {
      case .upsert: StateWrite(upserting: record, line: occurrence, index: index)
      case .delete: StateWrite(deleting: record)
      }
    }
    do {
      try await workers.run { client in
        for write in writes { try client.apply(write) }
      }
    } catch {
      occurrences.giveBack(occurrence)
      throw error
    }
  }
}

extension MongoClient {
  fileprivate func apply(_ write: StateWrite) throws {
    if let document = write.document {
      try replace(write.collection, filter: write.filter, with: document)
    } else {
      try deleteMany(write.collection, filter: write.filter)
    }
  }
}

/// What one record of a state line does.
private struct StateWrite: Sendable {
  let collection: String
  let filter: BSONDocument
  /// `nil` for a deletion.
  let document: BSONDocument?

  init(deleting record: StateRecord) {
    collection = record.collection.rawValue
    document = nil
    filter = record.filter
  }

  init(upserting record: StateRecord, line: LineOccurrences.Line?, index: Int) {
    collection = record.collection.rawValue
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
    // A record's own `_id` is none of its fields: the server gives it one.
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
  /// Finds the records of the key.
  fileprivate var filter: BSONDocument {
    var filter = BSONWriter()
    if collection == .events, let id = key.first.flatMap({ ObjectId($0) }) {
      filter.append("_id", id)
      return filter.finish()
    }
    for (field, value) in zip(collection.key, key) { filter.append(field, value) }
    return filter.finish()
  }
}

/// How often each state line has been applied through this store: equal lines of one timeline are different ones.
final class LineOccurrences: Sendable {
  /// One occurrence of a line.
  struct Line: Sendable {
    let digest: [UInt8]
    let count: Int
  }

  private let counts = Mutex<[[UInt8]: Int]>([:])

  /// Names the next occurrence of the line; `nil` for a line that adds to no history, which needs no name.
  func next(of change: StateChange) -> Line? {
    guard change.action == .upsert, change.records.contains(where: { $0.collection == .messagestatuses })
    else {
      return nil
    }
    var digest = SHA256()
    for record in change.records {
      digest.update(data: Array(record.collection.rawValue.utf8))
      digest.update(data: Array(record.document.bytes))
    }
    let bytes = Array(digest.finalize())
    return Line(
      digest: bytes,
      count: counts.withLock { counts in
        counts[bytes, default: 0] += 1
        return counts[bytes, default: 0]
      })
  }

  /// Takes the name back of an occurrence that was not applied.
  func giveBack(_ line: Line?) {
    guard let line else { return }
    counts.withLock { $0[line.digest, default: 1] -= 1 }
  }
}
