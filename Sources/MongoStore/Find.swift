import Pipeline
import BSON
import Updates

/// A query.
struct Find: Sendable {
  /// At most this many ids go into one `$in`.
  static let mostIds = 1000

  let collection: RecordCollection
  let filter: BSONDocument
  let options: BSONDocument

  /// Asks for the records that `filter` finds.
  ///
  /// - Parameters:
  ///   - fields: The fields to fetch, without `_id` unless it is named; empty: all but `_id`.
  ///   - sort: Keys with 1 or -1.
  ///   - limit: 0: all.
  ///   - batchSize: How many documents come with each answer; 0: what the server likes.
  init(
    _ collection: RecordCollection, filter: BSONDocument, fields: [String] = [],
    sort: [(key: String, order: Int64)] = [],
    limit: Int = 0, batchSize: Int = 0, isLargeSort: Bool = false
  ) {
    self.collection = collection
    self.filter = filter
    var options = BSONWriter()
    options.open("projection")
    if !fields.contains("_id") { options.append("_id", Int64(0)) }
    for field in fields { options.append(field, Int64(1)) }
    options.close()
    if !sort.isEmpty {
      options.open("sort")
      for (key, order) in sort { options.append(key, order) }
      options.close()
    }
    if limit > 0 { options.append("limit", Int64(limit)) }
    if batchSize > 0 { options.append("batchSize", Int64(batchSize)) }
    if isLargeSort { options.append("allowDiskUse", true) }
    self.options = options.finish()
  }

  /// The look-up of many records by their ids within one tenant, in slices.
  static func byId(
    _ collection: RecordCollection, tenant: Identifier,
    where conditions: [(field: String, value: String)] = [],
    _ field: String, in ids: some Sequence<Identifier>, fields: [String] = []
  ) -> [Find] {
    slices(ids).map { slice in
      let filter = BSONDocument.filter(tenant: tenant) { filter in
        for condition in conditions { filter.append(condition.field, condition.value) }
        filter.append(field, anyOf: slice)
      }
      // One more than there can be, so that the server sees the end with the first answer.
      return Find(collection, filter: filter, fields: fields, batchSize: slice.count + 1)
    }
  }

  /// The ids in slices of at most ``mostIds``.
  static func slices<Element>(_ elements: some Sequence<Element>, of size: Int = mostIds) -> [ArraySlice<
    Element
  >] {
    let all = Array(elements)
    return stride(from: 0, to: all.count, by: size).map { all[$0..<min($0 + size, all.count)] }
  }
}

extension BSONDocument {
  /// Conditions of which the first is the tenant.
  static func filter(tenant: Identifier, _ build: (inout BSONWriter) -> Void) -> BSONDocument {
    var filter = BSONWriter()
    filter.append("tenantId", tenant.string)
    build(&filter)
    return filter.finish()
  }

  /// The id in this field, `nil` when it is no string.
  func identifier(_ field: String) -> Identifier? {
    self[field]?.string.map(Identifier.init)
  }
}

extension BSONWriter {
  /// The field has one of these ids: always strings, never what an id might look like to a server.
  mutating func append(_ field: String, anyOf ids: some Sequence<Identifier>) {
    open(field)
    append("$in", strings: ids.map(\.string))
    close()
  }

  /// The membership is active (spec section 2): only exactly `false` is not.
  mutating func appendIsActive() {
    open("isActive")
    append("$ne", false)
    close()
  }
}
