/// One privilege of a MongoDB user: what it may do with which collections.
package struct DatabasePrivilege: Sendable, Equatable {
  /// `nil` when the privilege is not about collections; empty for any database.
  package let database: String?
  /// Empty for any collection.
  package let collection: String
  package let actions: Set<String>

  package init(database: String?, collection: String, actions: Set<String>) {
    self.database = database
    self.collection = collection
    self.actions = actions
  }

  func allows(_ action: String, on collection: String, of database: String) -> Bool {
    guard let own = self.database, own.isEmpty || own == database else { return false }
    return (self.collection.isEmpty || self.collection == collection)
      && (actions.contains(action) || actions.contains("anyAction"))
  }
}
