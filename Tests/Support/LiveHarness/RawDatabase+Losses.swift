package import BSON
package import Updates

/// What another program or a crash may do to stored updates.
extension RawDatabase {
  package func remove(_ updates: [StoredUpdate]) throws {
    for update in updates {
      try run(
        Self.command("delete", "deletes") {
          $0.append("q", update.filter); $0.append("limit", Int64(1))
        })
    }
  }

  /// Marks updates as not published.
  package func unmark(_ updates: [StoredUpdate]) throws {
    for update in updates { try set(#"{"published":false,"publishedAt":null}"#, in: update) }
  }

  /// - Parameter fields: What to set, as JSON.
  package func set(_ fields: String, in update: StoredUpdate) throws {
    let fields = try JSONReader.object(Array(fields.utf8))
    try run(
      Self.command("update", "updates") {
        $0.append("q", update.filter)
        $0.open("u")
        $0.append("$set", fields)
        $0.close()
      })
  }

  /// Stores a copy of an update under another `_id`, and for another user if one is given.
  package func copy(_ update: StoredUpdate, as id: ObjectId, for userId: String? = nil) throws {
    var command = BSONWriter()
    command.append("insert", "updates")
    command.open("documents", as: .array)
    command.open("0")
    command.append("_id", id)
    for element in update.document where !element.hasKey("_id") {
      if let userId, element.hasKey("userId") {
        command.append("userId", userId)
      } else {
        command.append(element)
      }
    }
    command.close()
    command.close()
    try run(command.finish())
  }

  private static func command(
    _ name: String, _ list: String, _ build: (inout BSONWriter) -> Void
  ) -> BSONDocument {
    var command = BSONWriter()
    command.append(name, "updates")
    command.open(list, as: .array)
    command.open("0")
    build(&command)
    command.close()
    command.close()
    return command.finish()
  }
}

extension StoredUpdate {
  fileprivate var filter: BSONDocument {
    var filter = BSONWriter()
    filter.append("_id", id)
    return filter.finish()
  }
}
