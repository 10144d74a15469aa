package import BSON
import Pipeline
package import Updates

extension MongoStore: UpdateLookUp {
  package func update(_ id: ObjectId) async throws -> StoredUpdate? {
    var filter = BSONWriter()
    filter.append("_id", id)
    let find = Find.updates(filter.finish(), sort: [], limit: 1, batchSize: 2)
    return try await connections.run { client in
      var update: StoredUpdate?
      try client.forEach(find) { update = StoredUpdate($0) }
      return update
    }
  }
}
