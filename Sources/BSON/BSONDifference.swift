/// A field in which two documents differ.
package struct BSONDifference: Sendable {
  /// The keys that lead to it, joined by dots; positions in arrays are keys too.
  package let path: String
  /// The value in the first document; `nil` when that does not have the field.
  package let first: BSONElement?
  /// The value in the second document; `nil` when that does not have the field.
  package let second: BSONElement?
}

extension BSONDocument {
  /// Where two documents differ: numbers are compared by value, objects by their members in any order, arrays item by
  /// item. Of a field that only one of them has, or in which one has an object and the other has not, the path leads to
  /// the field itself.
  ///
  /// - Parameter limit: How many differences are found at most.
  package func differences(from other: BSONDocument, limit: Int = .max) -> [BSONDifference] {
    var found: [BSONDifference] = []
    collect(from: other, "", limit, &found)
    return found
  }

  private func collect(
    from other: BSONDocument, _ prefix: String, _ limit: Int, _ found: inout [BSONDifference]
  ) {
    var theirs: [ArraySlice<UInt8>: BSONElement] = [:]
    for element in other { theirs[element.keyBytes] = element }
    for mine in self where found.count < limit {
      let path = prefix + mine.key
      guard let counterpart = theirs.removeValue(forKey: mine.keyBytes) else {
        found.append(BSONDifference(path: path, first: mine, second: nil))
        continue
      }
      if mine.type == counterpart.type, let left = mine.document ?? mine.array,
        let right = counterpart.document ?? counterpart.array
      {
        left.collect(from: right, path + ".", limit, &found)
      } else if !mine.hasSameValue(as: counterpart) {
        found.append(BSONDifference(path: path, first: mine, second: counterpart))
      }
    }
    if theirs.isEmpty { return }
    for element in other where found.count < limit && theirs[element.keyBytes] != nil {
      found.append(BSONDifference(path: prefix + element.key, first: nil, second: element))
    }
  }
}
