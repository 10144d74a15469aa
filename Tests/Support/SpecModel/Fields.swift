/// The members of a JSON object; keys compare byte by byte.
package typealias Fields = [ExactString: JSON]

extension Fields {
  /// The value of a key; `nil` if it is absent or `null` (§1: `null` means absent).
  func present(_ key: ExactString) -> JSON? {
    guard let value = self[key], value != .null else { return nil }
    return value
  }

  /// The object under a key; `nil` if there is anything else.
  func section(_ key: ExactString) -> Fields? {
    self[key]?.object
  }

  /// The id under a key; `nil` if it is absent or `null`. Anything else that is not an id is bad.
  func id(_ key: ExactString) throws(BadLine) -> ExactString? {
    guard let value = present(key) else { return nil }
    guard let text = value.string else { throw BadLine("\(key) is not a string") }
    guard !text.text.isEmpty else { throw BadLine("\(key) is empty") }
    guard !text.text.utf8.contains(0) else { throw BadLine("\(key) contains NUL") }
    guard text.text.utf8.count <= 255 else { throw BadLine("\(key) is longer than 255 bytes") }
    return text
  }

  func without(_ keys: ExactString...) -> Fields {
    filter { !keys.contains($0.key) }
  }
}
