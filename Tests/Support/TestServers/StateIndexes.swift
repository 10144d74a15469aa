/// The indexes of the API's collections, on which the worker's look-ups rely (spec section 2), as an installation
/// has them.
package enum StateIndexes {
  private static let keys: [(collection: String, indexes: [[String]])] = [
    ("dialogmembers", [["dialogId", "tenantId"], ["userId", "tenantId"]]),
    ("users", [["userId", "tenantId"]]),
    ("messages", [["messageId"], ["tenantId", "dialogId", "createdAt"]]),
    ("messagestatuses", [["tenantId", "messageId"]]),
    ("metas", [["tenantId", "entityType", "entityId", "key"]]),
  ]

  /// The commands that make them, as JSON.
  package static let commands = keys.map { collection, indexes in
    let specifications = indexes.map { fields in
      let key = fields.map { #""\#($0)":1"# }.joined(separator: ",")
      return #"{"key":{\#(key)},"name":"\#(fields.map { "\($0)_1" }.joined(separator: "_"))"}"#
    }
    return #"{"createIndexes":"\#(collection)","indexes":[\#(specifications.joined(separator: ","))]}"#
  }
}
