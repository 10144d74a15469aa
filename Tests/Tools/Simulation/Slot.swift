import BSON
import SpecModel

/// An update that may be due for an event: its recipient and type, and what the model of the spec has for it in each
/// version of the state.
final class Slot {
  /// What an update holds, as it was stored, and what is known about it.
  final class Content {
    /// Without the fields that vary.
    let json: JSON
    /// For each part of the update that is not the same in all versions, the versions that have it so, as bits.
    let versions: [UInt16]
    /// The messages, but for their times, that say the same.
    var bodies: Set<UInt64> = []

    init(json: JSON, versions: [UInt16]) {
      self.json = json
      self.versions = versions
    }
  }

  /// The event's number in the library.
  let event: Int
  let tenant: String
  let user: String
  let type: String
  /// The lines of updates whose order counts: those of its dialog and those to its user.
  let dialogLine: Int?
  let userLine: Int
  /// Derived updates come after the others of their event.
  let isStatistics: Bool
  let isUnsendable: Bool
  let isRefused: Bool
  /// The versions in which it is due, as bits.
  private(set) var dueIn: UInt16 = 0
  private var expected: [JSON?] = Array(repeating: nil, count: 16)
  /// In the versions in which it is not due but others of its event are: what they share. Their members and what else
  /// an update holds may be looked up in different versions.
  private var shared: [JSON?] = Array(repeating: nil, count: 16)
  /// The `_id` under which it was stored, in whatever seed.
  var id: ObjectId?
  private var contents: [UInt64: Content] = [:]

  init(_ update: ExpectedUpdate, event: Int, dialogLine: Int?, userLine: Int) {
    self.event = event
    self.dialogLine = dialogLine
    self.userLine = userLine
    tenant = update.tenantId.text
    user = update.userId.text
    type = update.updateType
    isStatistics = type == "UserStatsUpdate"
    isUnsendable = user == LibraryText.unsendableUser
    isRefused = user == LibraryText.refusedUser
  }

  func isOf(_ update: ExpectedUpdate) -> Bool {
    update.userId.text == user && update.updateType == type && update.tenantId.text == tenant
  }

  func expect(_ update: ExpectedUpdate, in version: Int) {
    dueIn |= 1 << UInt16(version)
    expected[version] = update.json
  }

  /// Learns from another slot of its event what they share.
  func share(with other: Slot) {
    guard other.type == type else { return }
    for (version, json) in other.expected.enumerated()
    where expected[version] == nil && shared[version] == nil {
      shared[version] = json
    }
  }

  /// What a stored document holds.
  ///
  /// - Parameter key: The document's fingerprint.
  func content(_ document: BSONDocument, key: UInt64) throws -> Content {
    if let known = contents[key] { return known }
    guard case .object(var fields) = try JSON.parse(JSONWriter.text(document)) else {
      return Content(json: .null, versions: [0])
    }
    for name: ExactString in ["_id", "createdAt", "published", "publishedAt"] { fields[name] = nil }
    let json = JSON.object(fields)
    let parts = json.parts
    var versions: [UInt16] = []
    let expectedParts = expected.map { $0?.parts }
    let sharedParts = shared.map { $0?.parts }
    for path in Set(parts.keys).union(expectedParts.flatMap { $0.map { Array($0.keys) } ?? [] }) {
      let isShared = path.hasPrefix("data.message.") || path.hasPrefix("data.dialog.")
      var same: UInt16 = 0
      for version in expectedParts.indices {
        guard let expected = expectedParts[version] ?? (isShared ? sharedParts[version] : nil) else {
          continue
        }
        if isSame(parts[path], expected[path]) { same |= 1 << UInt16(version) }
      }
      if same != dueIn { versions.append(same) }
    }
    let content = Content(json: json, versions: versions)
    contents[key] = content
    return content
  }

  private func isSame(_ left: JSON?, _ right: JSON?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left.sameValue(as: right)
  }
}

extension Slot.Content {
  /// Whether every part of it is what the model has in one of these versions.
  func isPossible(in versions: UInt16) -> Bool { self.versions.allSatisfy { $0 & versions != 0 } }
}

extension JSON {
  /// The parts of an update that come from different look-ups: its fields, the sections of `data`, and the fields of
  /// those that have any.
  fileprivate var parts: [String: JSON] {
    var parts: [String: JSON] = [:]
    for (name, value) in object ?? [:] where name.text != "data" { parts[name.text] = value }
    for (section, value) in self["data"]?.object ?? [:] {
      guard let fields = value.object else {
        parts["data.\(section)"] = value
        continue
      }
      for (name, value) in fields { parts["data.\(section).\(name)"] = value }
    }
    return parts
  }
}

extension BSONDocument {
  /// A fingerprint of all fields but `createdAt`, `published` and `publishedAt`, and whether these are as they are
  /// before an update is published.
  func examined() -> (fingerprint: UInt64, isFresh: Bool) {
    var fingerprint = Fingerprint()
    var fresh = 0
    // Fields that stand side by side are hashed at once.
    var start = bytes.startIndex
    func hash(upTo end: Int) {
      bytes[start..<end].withUnsafeBytes { fingerprint.combine($0) }
    }
    for element in self {
      let count = element.keyBytes.count
      guard count == 9 || count == 11 else { continue }
      if element.hasKey("createdAt") {
        fresh += element.number == nil ? 0 : 1
      } else if element.hasKey("published") {
        fresh += element.bool == false ? 1 : 0
      } else if element.hasKey("publishedAt") {
        fresh += element.isNull ? 1 : 0
      } else {
        continue
      }
      hash(upTo: element.bytes.startIndex)
      start = element.bytes.endIndex
    }
    hash(upTo: bytes.endIndex)
    return (fingerprint.value, fresh == 3)
  }
}
