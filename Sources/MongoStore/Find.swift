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

  /// A query for the records that match `filter`.
  ///
  /// - Parameters:
  ///   - fields: The fields to fetch; `_id` only if it is named. Empty means all fields but `_id`.
  ///   - sort: Fields, each with 1 for ascending or -1 for descending order.
  ///   - limit: 0 means no limit.
  ///   - batchSize: How many documents come with each answer; 0 leaves it to the server.
  ///   - patience: How long the server may work on it, after which it answers with an error whose
  ///     ``MongoStoreError/isOutOfTime`` is true; `nil` means as long as it takes.
  init(
    _ collection: RecordCollection, filter: BSONDocument, fields: [String] = [],
    sort: [(key: String, order: Int64)] = [],
    limit: Int = 0, batchSize: Int = 0, isLargeSort: Bool = false, patience: Duration? = nil
  ) {
    self.collection = collection
    self.filter = filter
    var options = BSONWriter()
    options.append(projectionOf: fields)
    options.append(sort: sort)
    if limit > 0 { options.append("limit", Int64(limit)) }
    if batchSize > 0 { options.append("batchSize", Int64(batchSize)) }
    if isLargeSort { options.append("allowDiskUse", true) }
    if let patience { options.append("maxTimeMS", max(1, Int64(patience / .milliseconds(1)))) }
    self.options = options.finish()
  }

  /// Queries for many records of one tenant by their ids, one query for each slice of ids.
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
      // One more than can be found, so that the server reaches the end with the first answer.
      return Find(collection, filter: filter, fields: fields, batchSize: slice.count + 1)
    }
  }

  /// Cuts the elements into slices of at most `size`.
  static func slices<Element>(_ elements: some Sequence<Element>, of size: Int = mostIds) -> [ArraySlice<
    Element
  >] {
    let all = Array(elements)
    return stride(from: 0, to: all.count, by: size).map { all[$0..<min($0 + size, all.count)] }
  }
}

extension BSONDocument {
  /// A filter whose first condition is the tenant.
  static func filter(tenant: Identifier, _ build: (inout BSONWriter) -> Void) -> BSONDocument {
    var filter = BSONWriter()
    filter.append("tenantId", tenant.string)
    build(&filter)
    return filter.finish()
  }

  /// The id in this field; `nil` when the field is not a string.
  func identifier(_ field: String) -> Identifier? {
    self[field]?.string.map(Identifier.init)
  }
}

extension BSONWriter {
  /// The fields to fetch; `_id` only if it is named.
  mutating func append(projectionOf fields: [String]) {
    open("projection")
    if !fields.contains("_id") { append("_id", Int64(0)) }
    for field in fields { append(field, Int64(1)) }
    close()
  }

  /// The order of the results, if there is to be one.
  mutating func append(sort: [(key: String, order: Int64)]) {
    if sort.isEmpty { return }
    open("sort")
    for (key, order) in sort { append(key, order) }
    close()
  }

  /// The field equals one of these ids, which are always sent as strings, whatever they look like.
  mutating func append(_ field: String, anyOf ids: some Sequence<Identifier>) {
    open(field)
    append("$in", strings: ids.map(\.string))
    close()
  }

  /// The membership is active, which it is unless `isActive` is exactly `false` (spec section 2).
  mutating func appendIsActive() {
    open("isActive")
    append("$ne", false)
    close()
  }
}
