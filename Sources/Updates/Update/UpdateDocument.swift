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

  /// The value of a field, for both encoders.
  private enum Value {
    case id(ObjectId)
    case text(String)
    case sections(Sections)
    case bool(Bool)
    case time(Double)
    case null
  }

  private func value(of field: UpdateField) -> Value {
    switch field {
    case .id: .id(id)
    case .tenantId: .text(tenantId)
    case .userId: .text(userId)
    case .entityId: entityId.map(Value.text) ?? .null
    case .eventId: .id(eventId)
    case .eventType: .text(eventType)
    case .data: .sections(data)
    case .routingKey: .text(routingKey)
    case .published: .bool(publishedAt != nil)
    case .publishedAt: publishedAt.map(Value.time) ?? .null
    case .createdAt: .time(createdAt)
    }
  }

  package func encoded() -> BSONDocument {
    var output = BSONWriter(capacity: byteCount)
    for field in UpdateField.allCases {
      let name = field.rawValue
      switch value(of: field) {
      case .id(let id): output.append(name, id)
      case .text(let text): output.append(name, text)
      case .sections(let sections):
        output.open(name)
        output.append(elementsOf: sections.leading)
        if let member = sections.member { output.append(Sections.memberName, member) }
        output.append(elementsOf: sections.trailing)
        output.close()
      case .bool(let value): output.append(name, value)
      case .time(let time): output.append(name, time)
      case .null: output.appendNull(name)
      }
    }
    return output.finish()
  }

  /// The size of ``encoded()`` in bytes.
  var byteCount: Int {
    var count = BSONDocument.empty.bytes.count
    for field in UpdateField.allCases {
      // The type byte, the name and its terminator.
      count += 2 + field.rawValue.utf8.count
      switch value(of: field) {
      case .id: count += 12
      // The length before the text, and its terminator.
      case .text(let text): count += 5 + text.utf8.count
      case .sections(let sections): count += sections.byteCount
      case .bool: count += 1
      case .time: count += 8
      case .null: break
      }
    }
    return count
  }

  /// The body of the message: JSON text of the fields that are ``UpdateField/isInMessage``.
  ///
  /// - Parameter shared: The text that was encoded once for all updates of the event and type, if it was.
  func message(_ shared: SharedText? = nil) -> [UInt8] {
    var output = JSONWriter(capacity: 384 + data.byteCount * 5 / 4)
    for (index, field) in SharedText.fields.enumerated() {
      output.append(raw: index == 0 ? "{" : ",")
      if let text = shared?.members[index] {
        output.append(raw: text)
      } else {
        append(field, shared, to: &output)
      }
    }
    output.append(raw: "}")
    return output.bytes
  }

  /// Appends name and value as a member of a JSON object.
  fileprivate func append(_ field: UpdateField, _ shared: SharedText?, to output: inout JSONWriter) {
    output.append(string: field.rawValue)
    output.append(raw: ":")
    switch value(of: field) {
    case .id(let id): output.append(id)
    case .text(let text): output.append(string: text)
    case .sections(let sections):
      output.append(raw: "{")
      sections.append(shared, to: &output)
      output.append(raw: "}")
    case .bool(let value): output.append(raw: value ? "true" : "false")
    case .time(let time): output.append(double: time)
    case .null: output.append(raw: "null")
    }
  }
}

extension UpdateDocument.Sections {
  /// The size in bytes as an embedded document.
  fileprivate var byteCount: Int {
    let own = member.map { Self.memberName.utf8.count + 2 + $0.bytes.count } ?? 0
    return leading.bytes.count + own + trailing.bytes.count - BSONDocument.empty.bytes.count
  }

  fileprivate static let memberName = Rule.Section.ownMember.name

  fileprivate func append(_ shared: SharedText?, to output: inout JSONWriter) {
    var isFirst = leading.isEmpty
    if let shared { output.append(raw: shared.leading) } else { output.append(membersOf: leading) }
    if let member {
      output.append(raw: isFirst ? "\"\(Self.memberName)\":" : ",\"\(Self.memberName)\":")
      output.append(member)
      isFirst = false
    }
    if trailing.isEmpty { return }
    if !isFirst { output.append(raw: ",") }
    if let shared { output.append(raw: shared.trailing) } else { output.append(membersOf: trailing) }
  }
}

/// The JSON text that all updates of one event and type share.
struct SharedText {
  /// The fields of the message, in their order.
  fileprivate static let fields = UpdateField.allCases.filter(\.isInMessage)

  /// The text of each of ``fields``, name and value; `nil` for a field that is not shared.
  fileprivate let members: [[UInt8]?]
  /// The members of `data` before the recipient's own section.
  fileprivate let leading: [UInt8]
  /// The members of `data` after it.
  fileprivate let trailing: [UInt8]

  /// Encodes the shared text from any update of the event and type.
  init(_ document: UpdateDocument) {
    members = Self.fields.map { field in
      guard field.isShared else { return nil }
      var output = JSONWriter()
      document.append(field, nil, to: &output)
      return output.bytes
    }
    var output = JSONWriter(capacity: document.data.leading.bytes.count * 5 / 4)
    output.append(membersOf: document.data.leading)
    leading = output.bytes
    output = JSONWriter(capacity: document.data.trailing.bytes.count * 5 / 4)
    output.append(membersOf: document.data.trailing)
    trailing = output.bytes
  }
}
