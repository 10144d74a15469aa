package import BSON

/// The values of an update's fields, and the two forms in which it leaves the worker: the document that is
/// stored (spec section 4) and the body of the message (spec section 5). Both follow the table of
/// ``UpdateField``.
package struct UpdateDocument {
  /// The sections of `data`, in this order: `leading`, the recipient's own `member` section, `trailing`.
  package struct Sections {
    let leading: BSONDocument
    let member: BSONDocument?
    let trailing: BSONDocument

    package init(leading: BSONDocument, member: BSONDocument?, trailing: BSONDocument) {
      self.leading = leading
      self.member = member
      self.trailing = trailing
    }
  }

  let id: ObjectId
  let tenantId: String
  let userId: String
  /// `nil`, which is written as null, only for a record of another program that lacks it.
  let entityId: String?
  let eventId: ObjectId
  let eventType: String
  let data: Sections
  let routingKey: String
  let createdAt: Double
  /// Milliseconds since 1970; `nil` for an update that is not published.
  let publishedAt: Double?

  /// - Parameters:
  ///   - publishedAt: Milliseconds since 1970; `nil` for an update that is not published.
  ///   - createdAt: Milliseconds since 1970.
  package init(
    id: ObjectId, tenantId: String, userId: String, entityId: String?, eventId: ObjectId, eventType: String,
    data: Sections, routingKey: String, publishedAt: Double?, createdAt: Double
  ) {
    self.id = id
    self.tenantId = tenantId
    self.userId = userId
    self.entityId = entityId
    self.eventId = eventId
    self.eventType = eventType
    self.data = data
    self.routingKey = routingKey
    self.publishedAt = publishedAt
    self.createdAt = createdAt
  }

  /// The document to store.
  package func encoded() -> BSONDocument {
    var output = BSONWriter(capacity: 512 + data.byteCount)
    for field in UpdateField.all {
      let name = field.rawValue
      switch field {
      case .id: output.append(name, id)
      case .tenantId: output.append(name, tenantId)
      case .userId: output.append(name, userId)
      case .entityId: output.append(name, entityId)
      case .eventId: output.append(name, eventId)
      case .eventType: output.append(name, eventType)
      case .data:
        output.open(name)
        output.append(elementsOf: data.leading)
        if let member = data.member { output.append(Sections.memberName, member) }
        output.append(elementsOf: data.trailing)
        output.close()
      case .routingKey: output.append(name, routingKey)
      case .published: output.append(name, publishedAt != nil)
      case .publishedAt:
        if let publishedAt { output.append(name, publishedAt) } else { output.appendNull(name) }
      case .createdAt: output.append(name, createdAt)
      }
    }
    return output.finish()
  }

  /// The size of ``encoded()`` in bytes.
  var byteCount: Int {
    // Of a text: the length before it and the terminator after it.
    func size(_ text: String) -> Int { 5 + text.utf8.count }
    let texts = size(tenantId) + size(userId) + (entityId.map(size) ?? 0) + size(eventType) + size(routingKey)
    let (ids, flag, times) = (2 * 12, 1, publishedAt == nil ? 8 : 16)
    return Self.emptyByteCount + texts + ids + data.byteCount + flag + times
  }

  /// The size of a document of all fields without their values: the type, the name and its terminator of each.
  private static let emptyByteCount = UpdateField.all.reduce(BSONDocument.empty.bytes.count) {
    $0 + 2 + $1.rawValue.utf8.count
  }

  /// The body of the message: JSON text of the fields that are ``UpdateField/isInMessage``.
  ///
  /// - Parameter shared: What was encoded once for all updates of the event and type.
  func message(_ shared: SharedText? = nil) -> [UInt8] {
    let shared = shared ?? SharedText(self)
    var output = JSONWriter(capacity: shared.byteCount + (data.member?.bytes.count ?? 0) * 3 / 2 + 128)
    for run in shared.runs {
      output.append(raw: run.text)
      switch run.end {
      case .value(let field): append(field, to: &output)
      case .ownMember(let prefix):
        guard let member = data.member else { continue }
        output.append(raw: prefix)
        output.append(member)
      case .nothing: break
      }
    }
    return output.bytes
  }

  /// Appends the value of a field as JSON.
  fileprivate func append(_ field: UpdateField, to output: inout JSONWriter) {
    switch field {
    case .id: output.append(id)
    case .tenantId: output.append(string: tenantId)
    case .userId: output.append(string: userId)
    case .entityId: if let entityId { output.append(string: entityId) } else { output.append(raw: "null") }
    case .eventId: output.append(eventId)
    case .eventType: output.append(string: eventType)
    case .data: break  // It is written run by run, see ``SharedText``.
    case .routingKey: output.append(string: routingKey)
    case .published: output.append(raw: publishedAt == nil ? "false" : "true")
    case .publishedAt:
      if let publishedAt { output.append(double: publishedAt) } else { output.append(raw: "null") }
    case .createdAt: output.append(double: createdAt)
    }
  }
}

extension UpdateDocument.Sections {
  fileprivate static let memberName = Rule.Section.ownMember.name

  /// What the recipient's own section adds to the size of a document, in bytes.
  static func byteCount(ofMember member: BSONDocument) -> Int {
    memberName.utf8.count + 2 + member.bytes.count
  }

  /// The size in bytes as an embedded document.
  fileprivate var byteCount: Int {
    leading.bytes.count + (member.map(Self.byteCount(ofMember:)) ?? 0) + trailing.bytes.count
      - BSONDocument.empty.bytes.count
  }
}

/// The message's body of all updates of one event and type, cut into runs of text at what differs between them.
final class SharedText: Sendable {
  /// A run of shared text, and what each update has after it.
  struct Run: Sendable {
    enum End: Sendable {
      case value(UpdateField)
      /// The recipient's own section, after this text, where the update has one.
      case ownMember(prefix: [UInt8])
      case nothing
    }

    let text: [UInt8]
    let end: End
  }

  /// The fields of the message, each with the text of a JSON object up to its value.
  private static let fields = UpdateField.all.filter(\.isInMessage).enumerated().map { index, field in
    (field: field, beginning: Array("\(index == 0 ? "{" : ",")\"\(field.rawValue)\":".utf8))
  }
  private static let memberAlone = Array("\"\(UpdateDocument.Sections.memberName)\":".utf8)
  private static let memberAfterOthers = Array(",".utf8) + memberAlone

  let runs: [Run]
  /// The size of all runs in bytes.
  let byteCount: Int

  /// Takes any update of the event and type.
  init(_ document: UpdateDocument) {
    var runs: [Run] = []
    var text = JSONWriter(capacity: 64)
    func end(_ end: Run.End) {
      runs.append(Run(text: text.bytes, end: end))
      text = JSONWriter(capacity: 64)
    }
    for (field, beginning) in Self.fields {
      text.append(raw: beginning)
      if field == .data {
        let (leading, trailing) = (document.data.leading, document.data.trailing)
        text.append(raw: "{")
        text.append(membersOf: leading)
        end(.ownMember(prefix: leading.isEmpty ? Self.memberAlone : Self.memberAfterOthers))
        if !trailing.isEmpty {
          if !leading.isEmpty || document.data.member != nil { text.append(raw: ",") }
          text.append(membersOf: trailing)
        }
        text.append(raw: "}")
      } else if field.isShared {
        document.append(field, to: &text)
      } else {
        end(.value(field))
      }
    }
    text.append(raw: "}")
    end(.nothing)
    self.runs = runs
    byteCount = runs.reduce(0) { $0 + $1.text.count }
  }
}
