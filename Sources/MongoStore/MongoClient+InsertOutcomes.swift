import Pipeline

extension MongoClient {
  /// Inserts a slice; returns the outcome for each of its documents. When the server refuses the whole slice
  /// for its content, the slice is halved until the document that causes it is alone.
  func outcomes(ofInserting slice: InsertSlice, into collection: RecordCollection) throws -> [InsertOutcome] {
    var outcomes: [InsertOutcome] = Array(repeating: .new, count: slice.count)
    do {
      for failure in try insert(slice, into: collection) {
        if ServerCode.isDuplicateKey(failure.code), !failure.isOfOtherIndex {
          outcomes[failure.index] = .existing
        } else if ServerCode.isDuplicateKey(failure.code) || ServerCode.isRefusalOfDocument(failure.code) {
          outcomes[failure.index] = .refused(failure.message)
        } else {
          throw error(failure)
        }
      }
      return outcomes
    } catch let error as MongoStoreError where error.code == .refused {
      if slice.count == 1 { return [.refused(error.message)] }
      let middle = slice.count / 2
      return try [0..<middle, middle..<slice.count].flatMap {
        try self.outcomes(ofInserting: slice.slice($0), into: collection)
      }
    }
  }
}
