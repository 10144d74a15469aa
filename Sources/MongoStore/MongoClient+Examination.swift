import BSON
import Maintenance
import Pipeline
import Updates

extension MongoClient {
  /// The first answer of a find command, which is all of them.
  func records(_ find: BSONDocument) throws -> [BSONDocument] {
    try run(find).document("cursor")?["firstBatch"]?.array?.compactMap(\.document) ?? []
  }

  /// The indexes of a collection; empty when there is none.
  func indexes(of collection: RecordCollection, patience: Int64) throws -> [DatabaseIndex] {
    let command = BSONDocument.build { command in
      command.append("listIndexes", name(of: collection))
      command.append("maxTimeMS", patience)
    }
    do {
      let found = try run(command).document("cursor")?["firstBatch"]?.array?.compactMap(\.document) ?? []
      return found.map { index in
        let filter = index.document("partialFilterExpression")
        return DatabaseIndex(
          index.document("key")?.map(\.key) ?? [], name: index["name"]?.string,
          isPartial: filter != nil || index["sparse"]?.bool == true || index["hidden"]?.bool == true,
          isOfUnpublished: filter.map { filter in
            filter["published"]?.bool == false && filter.count { _ in true } == 1
          } ?? false)
      }
    } catch let error as MongoStoreError where error.serverCode == 26 {
      // There is no such collection.
      return []
    }
  }

  /// Those of the events that have stored updates. Led by the index on tenant and event.
  func withUpdates(among events: Set<EventKey>, patience: Int64) throws -> Set<EventKey> {
    try events.filter { event in
      let filter = BSONDocument.filter(tenant: event.tenantId) {
        $0.append("eventId", anyOf: [event.eventId])
      }
      let find = BSONDocument.find(
        in: name(of: .updates), filter: filter, fields: ["_id"], limit: 1, patience: patience)
      return try !records(find).isEmpty
    }
  }
}

extension BSONDocument {
  static func build(_ body: (inout BSONWriter) -> Void) -> BSONDocument {
    var writer = BSONWriter()
    body(&writer)
    return writer.finish()
  }

  static func command(_ name: String) -> BSONDocument {
    build { $0.append(name, Int64(1)) }
  }

  static var connectionStatus: BSONDocument {
    build { command in
      command.append("connectionStatus", Int64(1))
      command.append("showPrivileges", true)
    }
  }

  /// Asks how the server would look up what a need is about. No record is read.
  static func explanation(of need: IndexNeed, in collection: String, patience: Int64) -> BSONDocument {
    build { command in
      command.open("explain")
      command.append("find", collection)
      command.open("filter")
      for field in need.equal.sorted() {
        if need.isOfUnpublished { command.append(field, false) } else { command.append(field, "doctor") }
      }
      if let range = need.range {
        command.open(range)
        command.append("$gte", 0.0)
        command.close()
      }
      command.close()
      command.close()
      command.append("verbosity", "queryPlanner")
      command.append("maxTimeMS", patience)
    }
  }

  /// The indexes of the plans that were weighed; none when the server would read the whole collection.
  func weighedIndexes(for need: IndexNeed) -> [DatabaseIndex] {
    let planner = document("queryPlanner")
    let plans = [planner?.document("winningPlan"), planner?["rejectedPlans"]?.array].compactMap { $0 }
    return plans.flatMap(\.scans).map { scan in
      let isPartial = scan["isPartial"]?.bool ?? false
      // The server weighs a partial index only where it holds all that is looked for.
      return DatabaseIndex(
        scan.document("keyPattern")?.map(\.key) ?? [], isPartial: isPartial && !need.isOfUnpublished,
        isOfUnpublished: isPartial && need.isOfUnpublished)
    }
  }

  /// The stages of plans that go through an index. Versions nest stages in different ways.
  private var scans: [BSONDocument] {
    if self["keyPattern"] != nil { return [self] }
    return flatMap { ($0.document ?? $0.array)?.scans ?? [] }
  }

  /// A find whose only answer holds all that it finds.
  static func find(
    in collection: String, filter: BSONDocument = .empty, fields: [String] = [],
    sort: [(key: String, order: Int64)] = [], limit: Int, patience: Int64
  ) -> BSONDocument {
    build { command in
      command.append("find", collection)
      command.append("filter", filter)
      if !fields.isEmpty { command.append(projectionOf: fields) }
      command.append(sort: sort)
      command.append("limit", Int64(limit))
      command.append("batchSize", Int64(limit))
      command.append("singleBatch", true)
      command.append("maxTimeMS", patience)
    }
  }
}
