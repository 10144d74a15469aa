import BSON
import Pipeline
import SpecModel
import Updates

/// Bytes that a database or a file may hold must be refused, or be readable in every way.
struct BSONCheck {
  let input: [UInt8]

  /// - Returns: Whether the bytes were accepted as a document.
  func run() throws(Finding) -> Bool {
    let document: BSONDocument
    do {
      document = try BSONDocument(validating: input)
    } catch {
      try Finding.expect((0...input.count).contains(error.offset), "an error at byte \(error.offset)", input)
      return false
    }
    try walk(document, level: 1)
    do {
      _ = try JSON.parse(JSONWriter.text(document), deepest: 400)
    } catch {
      // NUL is printed as \u0000, which that reader refuses in a key. BSON keys do not hold NUL.
      throw Finding("the printed text is not JSON: \(error.reason)", input)
    }
    if let update = StoredUpdate(document) {
      _ = (update.type, update.entityId, update.dialogId, update.isPublished)
      let message = UpdateMessage(update, publishedAt: 1.5)
      try Finding.expect(message.timestamp < 1 << 40, "a timestamp of \(message.timestamp)", input)
      try Finding.expect(
        (try? JSON.parse(message.body, deepest: 400))?.object != nil,
        "a body that is no object", input)
    }
    _ = try? StateChange(document)
    if let header = try? EventHeader(document), let event = try? Event(header),
      let located = try? event.located(stored: document)
    {
      _ = try? located.resolved(with: EventState()).plan(with: Profiles())
    }
    return true
  }

  private func walk(_ document: BSONDocument, level: Int) throws(Finding) {
    var copy = BSONWriter()
    for element in document {
      _ = (element.key, element.number, element.integer, element.exactNumber, element.bool, element.objectId)
      _ = (element.string, element.isNull, EventHeader.objectId(element))
      // This finds the first of equal keys.
      try Finding.expect(document[element.key] != nil, "an element that is not found by its key", input)
      // Comparing on every level would take quadratic time.
      if level == 1 {
        let isNumber = element.number.map { !$0.isNaN } ?? true
        if isNumber, element.document == nil, element.array == nil {
          try Finding.expect(element.hasSameValue(as: element), "a value that is not itself", input)
        }
        _ = element.document.map { _ in element.hasSameValue(as: element) }
      }
      copy.append(element)
      if let inner = element.document ?? element.array { try walk(inner, level: level + 1) }
    }
    try Finding.expect(copy.finish() == document, "a copy, element by element, differs", input)
  }
}
