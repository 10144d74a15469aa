/// A state line (§9): `{"upsert": {collection: [records]}}` or `{"delete": {collection: [keys]}}`.
struct StateChange {
  /// One record of the line, with the key that identifies it.
  struct Record {
    let collection: StateCollection
    let key: Fields
    let fields: Fields
  }

  let isDelete: Bool
  let records: [Record]

  /// Whether a line is a state line at all.
  static func isMeant(by line: Fields) -> Bool {
    line["upsert"] != nil || line["delete"] != nil
  }

  /// Reads the line; one wrong record makes the whole line bad.
  init(_ line: Fields) throws(BadLine) {
    guard line.count == 1, let (name, content) = line.first else {
      throw BadLine("a state line with more than one key")
    }
    guard let collections = content.object else {
      throw BadLine("\(name) does not hold an object")
    }
    var records: [Record] = []
    for (collectionName, list) in collections {
      guard let collection = StateCollection(named: collectionName) else {
        throw BadLine("unknown collection \(collectionName)")
      }
      guard let elements = list.array else {
        throw BadLine("\(collectionName) does not hold an array")
      }
      for element in elements {
        guard let fields = element.object else {
          throw BadLine("a \(collectionName) record that is not an object")
        }
        let key = try collection.key(of: fields)
        records.append(Record(collection: collection, key: key, fields: fields))
      }
    }
    self.isDelete = name == "delete"
    self.records = records
  }
}
