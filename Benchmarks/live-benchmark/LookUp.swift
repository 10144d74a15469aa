import BSON
import Updates

/// A query as the roofline sends it: made beforehand, with the same conditions, projection and number of ids
/// as the worker's.
struct LookUp: Sendable {
  private static let mostIds = 1000

  let collection: String
  let filter: BSONDocument
  let options: BSONDocument

  private init(
    _ collection: String, fields: [String], batch: Int, _ conditions: (inout BSONWriter) -> Void
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
    options.append("batchSize", Int64(batch))
    self.options = options.finish()
  }

  /// Records by their ids.
  static func byId(
    _ collection: String, _ field: String, _ ids: some Collection<Identifier>, fields: [String],
    batch: Int? = nil, sliceSize: Int = mostIds, _ conditions: (inout BSONWriter) -> Void = { _ in }
  ) -> [LookUp] {
    let ids = Array(ids)
    return stride(from: 0, to: ids.count, by: sliceSize).map { start in
      let part = ids[start..<min(start + sliceSize, ids.count)]
      return LookUp(collection, fields: fields, batch: batch ?? part.count + 1) { filter in
        conditions(&filter)
        filter.open(field)
        filter.append("$in", strings: part.map(\.string))
        filter.close()
      }
    }
  }

  /// Records of members of these dialogs or users that are active.
  static func activeMembers(
    _ field: String, _ ids: some Collection<Identifier>, fields: [String], batch: Int
  ) -> [LookUp] {
    byId("dialogmembers", field, ids, fields: fields, batch: batch) { filter in
      filter.open("isActive")
      filter.append("$ne", false)
      filter.close()
    }
  }

  /// Messages of dialogs from a time on.
  static func messages(of dialogs: some Collection<Identifier>, since time: Double) -> [LookUp] {
    byId(
      "messages", "dialogId", dialogs, fields: ["dialogId", "messageId", "senderId", "createdAt"],
      batch: 5000
    ) { filter in
      filter.open("createdAt")
      filter.append("$gte", time)
      filter.close()
    }
  }
}
