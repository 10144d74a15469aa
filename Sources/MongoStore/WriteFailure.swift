import BSON

/// What a server says about one document of an insert that it did not store.
struct WriteFailure: Sendable {
  /// The document's index in the slice.
  let index: Int
  /// MongoDB's error code.
  let code: Int
  /// The server's own words.
  let message: String
  /// Whether the key is a duplicate in an index other than the one on `_id`.
  let isOfOtherIndex: Bool

  /// The failures that a reply reports.
  static func all(in reply: BSONDocument) -> [WriteFailure] {
    guard let errors = reply["writeErrors"]?.array else { return [] }
    return errors.compactMap { $0.document.flatMap(WriteFailure.init) }
  }

  /// Why the whole write is not as safe as the write concern requires; `nil` if it is.
  static func ofWriteConcern(in reply: BSONDocument) -> WriteFailure? {
    reply["writeConcernErrors"]?.array?.lazy.compactMap { $0.document.flatMap(WriteFailure.init) }.first
  }

  private init?(_ document: BSONDocument) {
    guard let code = document["code"]?.integer else { return nil }
    index = Int(document["index"]?.integer ?? 0)
    self.code = Int(code)
    message = document["errmsg"]?.string ?? "no reason given"
    if let pattern = document.document("keyPattern") {
      isOfOtherIndex = pattern["_id"] == nil
    } else if let name = message.firstRange(of: "index: ") {
      // Servers before 4.4 name the index only in words: `… index: _id_ dup key: …`.
      isOfOtherIndex = !message[name.upperBound...].hasPrefix("_id_")
    } else {
      isOfOtherIndex = false
    }
  }
}
