package import BSON
import Foundation
import GRDB
import Pipeline
package import Updates

extension EmbeddedStore: UpdateLookUp {
  package func update(_ id: ObjectId) async throws -> StoredUpdate? {
    try await read { db in
      try Row.fetchOne(
        db, sql: StoredUpdateRow.select + "WHERE updates.id = ?", arguments: [Data(id.bytes)]
      ).map(StoredUpdateRow.update)
    }
  }
}
