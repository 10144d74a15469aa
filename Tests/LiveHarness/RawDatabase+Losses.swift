import Updates

/// What another program, or a crash, may have done to stored updates.
extension RawDatabase {
  /// Removes updates.
  public func remove(_ updates: [StoredUpdate]) throws {
    for update in updates {
      try run(#"{"delete":"updates","deletes":[{"q":\#(filter(update)),"limit":1}]}"#)
    }
  }

  /// Marks updates as never confirmed.
  public func unmark(_ updates: [StoredUpdate]) throws {
    for update in updates { try set(#"{"published":false,"publishedAt":null}"#, in: update) }
  }

  /// Sets fields of an update, written as JSON.
  public func set(_ fields: String, in update: StoredUpdate) throws {
    try run(#"{"update":"updates","updates":[{"q":\#(filter(update)),"u":{"$set":\#(fields)}}]}"#)
  }

  /// Finds an update by what is unique together: commands written as JSON cannot name an ObjectId.
  private func filter(_ update: StoredUpdate) -> String {
    #"{"userId":"\#(update.userId)","createdAt":\#(update.createdAt)}"#
  }
}
