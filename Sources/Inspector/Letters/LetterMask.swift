import BSON
import Support

/// Covers what nobody is to read in a dead letter. A letter may have any shape; therefore what is outside the sections of
/// an event is covered too.
struct LetterMask {
  /// The fields of an event beside `data`; all are single values.
  private static let fields: Set<String> = [
    "_id", "eventId", "tenantId", "eventType", "entityType", "entityId", "actorId", "actorType", "createdAt",
  ]
  private static let sections: Set<String> = [
    "context", "dialog", "member", "message", "typing", "user", "actor", "delta",
  ]
  private static let mostDots = 1000

  let mask: PageMask

  /// The body as it is shown: laid out where it is JSON.
  func text(of body: [UInt8]) -> String {
    do {
      let document = try JSONReader.object(body)
      return indentedJSON(mask.isEmpty ? body : JSONWriter.text(mask.applied(to: Self.covered(document))))
    } catch {
      return mask.isEmpty
        ? String(decoding: body.prefix(100_000), as: UTF8.self)
        : String(repeating: "•", count: min(body.count, Self.mostDots))
    }
  }

  private static func covered(_ document: BSONDocument) -> BSONDocument {
    var output = BSONWriter(capacity: document.bytes.count)
    for element in document {
      if element.hasKey("data"), let data = element.document {
        output.open("data")
        for section in data {
          let isKnown = sections.contains(section.key) && section.document != nil
          append(section, isKnown: isKnown || section.isNull, to: &output)
        }
        output.close()
      } else {
        let isSingle = element.document == nil && element.array == nil
        append(element, isKnown: isSingle && fields.contains(element.key) || element.isNull, to: &output)
      }
    }
    return output.finish()
  }

  private static func append(_ element: BSONElement, isKnown: Bool, to output: inout BSONWriter) {
    if isKnown { return output.append(element) }
    output.append(element.key, String(repeating: "•", count: min(element.valueBytes.count, mostDots)))
  }
}
