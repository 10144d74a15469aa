import Pipeline

/// What MongoDB's access control must permit for a call: an action of its privileges on a collection.
struct Privilege: Sendable {
  let action: String
  /// The name of the collection.
  let collection: String

  init(_ action: String, _ collection: RecordCollection) {
    self.init(action, named: collection.rawValue)
  }

  init(_ action: String, named collection: String) {
    self.action = action
    self.collection = collection
  }
}
