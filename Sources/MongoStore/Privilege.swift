import Pipeline

/// What MongoDB's access control must permit for a call: an action of its privileges on a collection.
struct Privilege: Sendable {
  let action: String
  let collection: RecordCollection

  init(_ action: String, _ collection: RecordCollection) {
    self.action = action
    self.collection = collection
  }
}
