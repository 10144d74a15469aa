package import BSON
package import Updates

/// A state line of a timeline (spec section 9).
package struct StateChange: Sendable {
  package enum Action: String, Sendable {
    /// Add the records, and replace those of the same key. `messagestatuses` records are always added.
    case upsert
    /// Remove all records of the same key.
    case delete
  }

  package let action: Action
  /// In the order of the line.
  package let records: [StateRecord]

  /// Whether a line of a timeline is a state line, well formed or not.
  package static func isStateLine(_ document: BSONDocument) -> Bool {
    document["upsert"] != nil || document["delete"] != nil
  }

  /// Reads a state line.
  ///
  /// - Throws: ``BadEvent`` when the line has another shape, or a record lacks its key. Then nothing of the
  ///   line counts.
  package init(_ line: BSONDocument) throws(BadEvent) {
    var elements = line.makeIterator()
    guard let only = elements.next(), elements.next() == nil, let action = Action(rawValue: only.key) else {
      throw BadEvent(nil, "a state line holds exactly one of upsert and delete, and nothing else", .invalid)
    }
    self.action = action
    guard let collections = only.document else {
      throw BadEvent(action.rawValue, "is not an object of collections", .invalid)
    }
    var records: [StateRecord] = []
    for element in collections {
      guard let collection = RecordCollection(rawValue: element.key), collection.isState else {
        throw BadEvent(
          "\(action.rawValue).\(element.key)", "is none of the collections of the state", .invalid)
      }
      guard let list = element.array else {
        throw BadEvent("\(action.rawValue).\(element.key)", "is not an array of records", .invalid)
      }
      for item in list {
        let path = "\(action.rawValue).\(element.key)[\(item.key)]"
        guard let document = item.document else { throw BadEvent(path, "is not an object", .invalid) }
        records.append(try StateRecord(document, in: collection, path: path))
      }
    }
    self.records = records
  }
}
