import Pipeline
import BSON

/// The indexes of `updates`, the only ones that the worker makes (spec section 2).
enum UpdateIndexes {
  /// One command that makes the missing indexes.
  static func command(on collection: String) -> BSONDocument {
    var command = BSONWriter()
    command.append("createIndexes", collection)
    command.open("indexes", as: .array)
    // A user's updates, newest last: for `inspect`, and for clients that catch up.
    append(0, "tenantId_1_userId_1_createdAt_1", ["tenantId", "userId", "createdAt"], to: &command)
    // The updates of an event: for its redelivery.
    append(1, "tenantId_1_eventId_1", ["tenantId", "eventId"], to: &command)
    // Updates that were never confirmed, oldest first. The index holds no others, so it stays small.
    append(2, "unpublished_createdAt_1", ["createdAt"], onlyUnpublished: true, to: &command)
    command.close()
    return command.finish()
  }

  private static func append(
    _ number: Int, _ name: String, _ keys: [String], onlyUnpublished: Bool = false,
    to command: inout BSONWriter
  ) {
    command.open(String(number))
    command.open("key")
    for key in keys { command.append(key, Int64(1)) }
    command.close()
    command.append("name", name)
    if onlyUnpublished {
      command.open("partialFilterExpression")
      command.append("published", false)
      command.close()
    }
    command.close()
  }
}
