import BSON
import Pipeline
import Updates

/// Two updates beside each other: the paths at which they differ.
struct ComparePage: Page {
  private let left: StoredUpdate
  private let right: StoredUpdate
  private let differences: [DocumentDifference]

  let template = "compare"
  let title = "Two updates compared"

  init(_ inspector: Inspector, _ request: InspectorRequest) async throws {
    let shown = inspector.configuration.shown
    let (left, right) = (
      try await UpdateDetailPage.update("a", inspector, request),
      try await UpdateDetailPage.update("b", inspector, request)
    )
    // Masked values are compared as they are shown: two of the same length look the same.
    (self.left, self.right) = (shown(left), shown(right))
    differences = DocumentDifference.all(between: self.left.document, and: self.right.document)
  }

  var document: BSONDocument {
    var output = BSONWriter()
    output.append("a", left.id)
    output.append("b", right.id)
    output.append(
      "differences",
      documents: differences.map { difference in
        var output = BSONWriter()
        output.append("path", difference.path)
        if let left = difference.left { output.append("a", valueOf: left) }
        if let right = difference.right { output.append("b", valueOf: right) }
        return output.finish()
      })
    return output.finish()
  }

  func context(_ inspector: Inspector) -> [String: Any] {
    [
      "a": row(left), "b": row(right), "isSame": differences.isEmpty,
      "count": counted(differences.count, "path"),
      "differences": differences.map { difference in
        [
          "path": difference.path, "a": difference.left.map(DocumentTree.text) ?? "",
          "b": difference.right.map(DocumentTree.text) ?? "", "hasA": difference.left != nil,
          "hasB": difference.right != nil,
        ] as [String: Any]
      },
      "apiLink": Link("/api/v1/compare", [("a", left.id.description), ("b", right.id.description)]).string,
    ]
  }
}

/// A path at which two documents differ, with what each has there.
struct DocumentDifference: Sendable {
  let path: String
  /// `nil`: there is nothing.
  let left: BSONElement?
  let right: BSONElement?

  /// In the order of the first document; what only the second one has comes after it. Objects and arrays that both have
  /// are compared inside.
  static func all(between left: BSONDocument, and right: BSONDocument) -> [DocumentDifference] {
    var found: [DocumentDifference] = []
    compare(left, right, "", into: &found)
    return found
  }

  private static func compare(
    _ left: BSONDocument, _ right: BSONDocument, _ prefix: String, into found: inout [DocumentDifference]
  ) {
    for element in left {
      let path = prefix + element.key
      guard let other = right[element.key] else {
        found.append(DocumentDifference(path: path, left: element, right: nil))
        continue
      }
      if element.hasSameValue(as: other) { continue }
      if element.type == other.type, let inner = element.document ?? element.array,
        let outer = other.document ?? other.array
      {
        compare(inner, outer, path + ".", into: &found)
      } else {
        found.append(DocumentDifference(path: path, left: element, right: other))
      }
    }
    for element in right where left[element.key] == nil {
      found.append(DocumentDifference(path: prefix + element.key, left: nil, right: element))
    }
  }
}
