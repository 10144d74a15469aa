import BSON
import Pipeline
import Updates

/// Two updates beside each other: the paths at which they differ.
struct ComparePage: Page {
  private let left: StoredUpdate
  private let right: StoredUpdate
  /// More paths are not shown.
  private static let mostDifferences = 500

  private let differences: [BSONDifference]
  /// Whether there are more of them.
  private let isCut: Bool

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
    let found = self.left.document.differences(
      from: self.right.document, limit: Self.mostDifferences + 1)
    differences = Array(found.prefix(Self.mostDifferences))
    isCut = found.count > Self.mostDifferences
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
        if let left = difference.first { output.append("a", valueOf: left) }
        if let right = difference.second { output.append("b", valueOf: right) }
        return output.finish()
      })
    output.append("isCut", isCut)
    return output.finish()
  }

  func context(_ inspector: Inspector) -> [String: Any] {
    [
      "a": row(left), "b": row(right), "isSame": differences.isEmpty,
      "count": counted(differences.count, "path"), "isCut": isCut,
      "differences": differences.map { difference in
        [
          "path": difference.path, "a": difference.first.map(DocumentTree.text) ?? "",
          "b": difference.second.map(DocumentTree.text) ?? "", "hasA": difference.first != nil,
          "hasB": difference.second != nil,
        ] as [String: Any]
      },
      "apiLink": Link("/api/v1/compare", [("a", left.id.description), ("b", right.id.description)]).string,
    ]
  }
}
