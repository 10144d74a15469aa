package import BSON

/// Fields whose values nobody is to read: shown as so many dots in pages, in JSON and in what is copied.
package struct PageMask: Sendable {
  /// Why a text names no fields: one sentence.
  package struct Mistake: Error, Equatable {
    package let sentence: String
  }

  /// The ids that pages lead by. They stand in links, keys and explanations too, where no mask would cover them.
  private static let needed: Set<String> = [
    "data.context.dialogId", "data.context.entityId", "data.context.eventType", "data.context.messageId",
    "data.dialog.dialogId", "data.member.userId", "data.message.dialogId", "data.message.messageId",
    "data.message.senderId", "data.typing.userId", "data.user.userId",
  ]

  private let paths: [[String]]

  package static let none = PageMask(paths: [])

  private init(paths: [[String]]) {
    self.paths = paths
  }

  /// Reads paths such as `data.message.content`, separated by commas. A path goes through the items of an array; a
  /// number in it names one of them (`data.items.0.name`).
  ///
  /// - Throws: ``Mistake`` for a path that is not in `data`, and for an id there: the inspector's links need them.
  package init(_ text: String) throws(Mistake) {
    var paths: [[String]] = []
    for path in text.split(separator: ",", omittingEmptySubsequences: false) {
      let keys = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard keys.count >= 2, keys[0] == "data", !keys.contains("") else {
        throw Mistake(
          sentence:
            "--mask takes paths in data, separated by commas, such as data.message.content; \"\(path)\" is "
            + "none")
      }
      guard !Self.needed.contains(where: { path == $0 || path.hasPrefix($0 + ".") }) else {
        throw Mistake(
          sentence:
            "--mask cannot cover \(path), because pages lead by it; name fields of the contents, such as "
            + "data.message.content")
      }
      paths.append(keys)
    }
    self.init(paths: paths)
  }

  package var isEmpty: Bool { paths.isEmpty }

  /// The document with dots in the place of the masked values.
  package func applied(to document: BSONDocument) -> BSONDocument {
    isEmpty ? document : Self.masked(document, paths.map { $0[...] })
  }

  private static func masked(_ document: BSONDocument, _ paths: [ArraySlice<String>]) -> BSONDocument {
    var output = BSONWriter(capacity: document.bytes.count + 64)
    for element in document { write(element, paths, to: &output) }
    return output.finish()
  }

  private static func write(
    _ element: BSONElement, _ paths: [ArraySlice<String>], to output: inout BSONWriter
  ) {
    let deeper = paths.filter { $0.first.map(element.hasKey) ?? false }.map { $0.dropFirst() }
    if deeper.isEmpty { return output.append(element) }
    if deeper.contains(where: \.isEmpty) { return output.append(element.key, dots(for: element)) }
    if let document = element.document {
      output.append(element.key, masked(document, deeper))
    } else if let array = element.array {
      write(array, of: element.key, deeper, to: &output)
    } else {
      // What stands in the place of a document with masked fields may hold what they would.
      output.append(element.key, dots(for: element))
    }
  }

  /// Masks the fields of the documents in an array, and in the arrays in it.
  private static func write(
    _ array: BSONDocument, of key: String, _ paths: [ArraySlice<String>], to output: inout BSONWriter
  ) {
    output.open(key, as: .array)
    for item in array {
      // A path names the item by its position, or means all items.
      let own = paths.filter { $0.first.map(item.hasKey) ?? false }.map { $0.dropFirst() }
      if own.contains(where: \.isEmpty) {
        output.append(item.key, dots(for: item))
      } else if let document = item.document {
        output.append(item.key, masked(document, paths + own))
      } else if let inner = item.array {
        write(inner, of: item.key, paths + own, to: &output)
      } else if own.isEmpty, paths.allSatisfy({ $0.first.flatMap { Int($0) } != nil }) {
        // The paths name other items.
        output.append(item)
      } else {
        output.append(item.key, dots(for: item))
      }
    }
    output.close()
  }

  /// As many dots as a string has characters, and as the JSON of any other value has.
  private static func dots(for element: BSONElement) -> String {
    if let string = element.string { return String(repeating: "•", count: string.count) }
    var json = JSONWriter()
    json.append(valueOf: element)
    return String(repeating: "•", count: json.bytes.count)
  }
}
