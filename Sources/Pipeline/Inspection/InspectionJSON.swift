package import BSON
import Updates

// How the reports of inspections write what they have in common as JSON.
extension BSONWriter {
  package mutating func append(_ key: String, number: Double?) {
    if let number { append(key, number) } else { appendNull(key) }
  }

  package mutating func append(_ key: String, documents: [BSONDocument]) {
    open(key, as: .array)
    for (index, document) in documents.enumerated() { append(String(index), document) }
    close()
  }

  package mutating func append(_ searched: SearchedSpan) {
    open("searched")
    append("from", number: searched.from)
    append("to", number: searched.to)
    append("complete", searched.isComplete)
    close()
  }

  /// `unpublished`: how many updates were never confirmed.
  package mutating func append(_ backlog: BacklogCount) {
    open("unpublished")
    append("count", Int64(backlog.count))
    append("complete", backlog.isComplete)
    append("oldest", number: backlog.oldest)
    close()
  }

  /// `updates`, `next` and `searched`.
  mutating func append(_ page: UpdatePage) {
    append("updates", documents: page.updates.map(\.document))
    append("next", page.next?.description)
    append(page.searched)
  }

  /// The fields of a membership that look-ups use, as they are stored.
  mutating func append(stateOf record: BSONDocument) {
    append("isActive", record["isActive"]?.bool ?? true)
    for field in ["unreadCount", "lastSeenAt", "lastMessageAt"] { append(field, valueOf: record[field]) }
  }
}

extension UpdatePage {
  /// `{"updates": […], "next": …, "searched": {…}}`.
  package var document: BSONDocument {
    var output = BSONWriter()
    output.append(self)
    return output.finish()
  }
}
