import BSON
import Updates

/// A query of the roofline, encoded beforehand. It has the same conditions, projection and number of ids as
/// the worker's.
struct LookUp: Sendable {
  private static let mostIds = 1000

  let collection: String
  let filter: BSONDocument
  let options: BSONDocument

  private init(
    _ collection: String, fields: [String], pageSize: Int, _ conditions: (inout BSONWriter) -> Void
  ) {
    self.collection = collection
    var filter = BSONWriter()
    filter.append("tenantId", Load.tenant)
    conditions(&filter)
    self.filter = filter.finish()
    var options = BSONWriter()
    options.open("projection")
    if !fields.contains("_id") { options.append("_id", Int64(0)) }
    for field in fields { options.append(field, Int64(1)) }
    options.close()
    options.append("batchSize", Int64(pageSize))
    self.options = options.finish()
  }

  static func byId(
    _ collection: String, _ field: String, _ ids: some Collection<Identifier>, fields: [String],
    pageSize: Int? = nil, sliceSize: Int = mostIds, _ conditions: (inout BSONWriter) -> Void = { _ in }
  ) -> [LookUp] {
    let ids = Array(ids)
    return stride(from: 0, to: ids.count, by: sliceSize).map { start in
      let slice = ids[start..<min(start + sliceSize, ids.count)]
      return LookUp(collection, fields: fields, pageSize: pageSize ?? slice.count + 1) { filter in
        conditions(&filter)
        filter.open(field)
        filter.append("$in", strings: slice.map(\.string))
        filter.close()
      }
    }
  }

  /// The active memberships of these dialogs or users.
  static func activeMembers(
    _ field: String, _ ids: some Collection<Identifier>, fields: [String], pageSize: Int
  ) -> [LookUp] {
    byId("dialogmembers", field, ids, fields: fields, pageSize: pageSize) { filter in
      filter.open("isActive")
      filter.append("$ne", false)
      filter.close()
    }
  }

  /// The messages of dialogs since a time, in milliseconds.
  static func messages(of dialogs: some Collection<Identifier>, since time: Double) -> [LookUp] {
    byId(
      "messages", "dialogId", dialogs, fields: ["dialogId", "messageId", "senderId", "createdAt"],
      pageSize: 5000
    ) { filter in
      filter.open("createdAt")
      filter.append("$gte", time)
      filter.close()
    }
  }
}
