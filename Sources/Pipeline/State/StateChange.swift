package import BSON
package import Updates

/// A state line of a timeline (spec section 9).
package struct StateChange: Sendable {
  /// What is done with the records.
  package enum Action: String, Sendable {
    /// Replace the record of the same key; a `messagestatuses` record is added.
    case upsert
    /// Remove the records of the key.
    case delete
  }

  /// What is done.
  package let action: Action
  /// With which records, in the order of the line.
  package let records: [StateRecord]

  /// Whether a line of a timeline is a state line, well formed or not.
  package static func isStateLine(_ document: BSONDocument) -> Bool {
    document["upsert"] != nil || document["delete"] != nil
  }

  /// Reads a state line.
  ///
  /// - Throws: ``BadEvent`` when it has another shape, or a record lacks its key; nothing of it counts then.
  package init(_ line: BSONDocument) throws(BadEvent) {
    var elements = line.makeIterator()
    guard let only = elements.next(), elements.next() == nil, let action = Action(rawValue: only.key) else {
      throw BadEvent(nil, "a state line holds exactly one of upsert and delete, and nothing else")
    }
    self.action = action
    guard let collections = only.document else {
      throw BadEvent(action.rawValue, "is not an object of collections")
    }
    var records: [StateRecord] = []
    for element in collections {
      guard let collection = RecordCollection(rawValue: element.key), collection.isState else {
        throw BadEvent("\(action.rawValue).\(element.key)", "is none of the collections of the state")
      }
      guard let list = element.array else {
        throw BadEvent("\(action.rawValue).\(element.key)", "is not an array of records")
      }
      for item in list {
        let path = "\(action.rawValue).\(element.key)[\(item.key)]"
        guard let document = item.document else { throw BadEvent(path, "is not an object") }
        records.append(try StateRecord(document, in: collection, path: path))
      }
    }
    self.records = records
  }
}
