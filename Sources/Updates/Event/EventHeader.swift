package import BSON

/// What events of every type have in common (spec section 1), read before the event's sections are.
package final class EventHeader: Sendable {
  /// The event's identity, which every update has as its `eventId`.
  package let id: ObjectId
  /// The tenant as given: any value but null. Only for types that make updates is it checked to be an id.
  let tenantElement: BSONElement
  /// The event type as given, whether or not it is a known one.
  package let typeName: String
  package let document: BSONDocument

  /// The identity within the tenant; `nil` when the tenant is not a usable id, which only an ignored event
  /// may have.
  package let key: EventKey?

  /// Reads the JSON text of an event.
  ///
  /// - Throws: ``BadEvent`` when it is not a JSON object or lacks identity, tenant or type.
  package convenience init(json: [UInt8]) throws(BadEvent) {
    let document: BSONDocument
    do {
      document = try JSONReader.object(json)
    } catch {
      throw BadEvent(nil, error.description, .unreadable)
    }
    try self.init(document)
  }

  /// Reads an event that is already BSON.
  ///
  /// - Throws: ``BadEvent`` when it lacks identity, tenant or type.
  package init(_ document: BSONDocument) throws(BadEvent) {
    self.document = document
    id = try Self.identity(of: document)
    guard let tenant = document.present("tenantId") else {
      throw BadEvent("tenantId", "is missing", .missing)
    }
    tenantElement = tenant
    do throws(BadEvent) {
      key = EventKey(tenantId: try Identifier(tenant, field: "tenantId"), eventId: id)
    } catch {
      key = nil
    }
    guard let type = document.present("eventType") else {
      throw BadEvent("eventType", "is missing", .missing)
    }
    guard let name = type.string, !name.isEmpty else {
      throw BadEvent(
        "eventType", "is \(type.string == nil ? type.type.article : "empty"), not the name of a type",
        .invalid)
    }
    typeName = name
  }

  /// `_id`, or, if that is absent, the first 24 hex digits of `eventId`.
  private static func identity(of document: BSONDocument) throws(BadEvent) -> ObjectId {
    if let element = document.present("_id") {
      guard let id = objectId(element) else {
        throw BadEvent("_id", "is neither 24 hex digits nor {\"$oid\": …} with them", .invalid)
      }
      return id
    }
    guard let element = document.present("eventId") else {
      throw BadEvent("_id", "is missing, and so is eventId", .missing)
    }
    guard let id = element.stringBytes.flatMap(identity(eventId:)) else {
      throw BadEvent("eventId", "is not evt_ and 32 hex digits", .invalid)
    }
    return id
  }

  /// The identity in an `eventId`: the first 24 of the 32 hex digits after `evt_`; `nil` for any other text.
  package static func identity(eventId text: ArraySlice<UInt8>) -> ObjectId? {
    guard text.count == 36, text.starts(with: "evt_".utf8), ObjectId(hex: text.suffix(24)) != nil else {
      return nil
    }
    return ObjectId(hex: text.dropFirst(4).prefix(24))
  }

  /// Reads an ObjectId, its 24 hex digits as a string, or `{"$oid": …}` with them; `nil` for anything else.
  package static func objectId(_ element: BSONElement) -> ObjectId? {
    if let id = element.objectId { return id }
    if let digits = element.stringBytes { return ObjectId(hex: digits) }
    guard let document = element.document else { return nil }
    var elements = document.makeIterator()
    guard let only = elements.next(), elements.next() == nil, only.hasKey("$oid"),
      let digits = only.stringBytes
    else { return nil }
    return ObjectId(hex: digits)
  }
}
