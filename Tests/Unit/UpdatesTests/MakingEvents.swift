import BSON
import Testing

@testable import Updates

/// The identity of every event that is made here.
let identity = "691db5c90000000000000001"

func document(_ json: String) throws -> BSONDocument {
  try JSONReader.object(Array(json.utf8))
}

func text(_ document: BSONDocument) -> String {
  String(decoding: JSONWriter.text(document), as: UTF8.self)
}

func id(_ string: String) -> Identifier { Identifier(string) }

/// An entity of the tenant `t`, to which every event belongs that is made here.
func key(_ id: String) -> EntityKey { EntityKey(tenantId: Identifier("t"), id: Identifier(id)) }

func metaKey(_ entity: MetaEntity, _ id: String) -> MetaKey {
  MetaKey(tenantId: Identifier("t"), entity: entity, entityId: Identifier(id))
}

func memberKey(_ userId: String, of dialog: String) -> MemberKey {
  MemberKey(dialog: key(dialog), userId: Identifier(userId))
}

/// An event of the tenant `t`, made at 1000.5 ms. `fields` are further members of the JSON object; of equal
/// keys the last counts, so that they can replace those that stand here.
func eventText(_ type: String, _ data: String, _ fields: String...) -> String {
  let own = [
    #""_id":"\#(identity)""#, #""tenantId":"t""#, #""eventType":"\#(type)""#, #""createdAt":1000.5"#,
    #""data":\#(data)"#,
  ]
  return "{" + (own + fields.filter { !$0.isEmpty }).joined(separator: ",") + "}"
}

func event(_ json: String) throws -> Event {
  try #require(try Event(EventHeader(json: Array(json.utf8))))
}

func event(_ type: EventType, _ data: String, _ fields: String = "") throws -> Event {
  try event(eventText(type.rawValue, data, fields))
}

/// - Parameter stored: The record of `messages`, where one was found.
func located(
  _ type: EventType, _ data: String, _ fields: String = "", stored: String? = nil
) throws -> LocatedEvent {
  try event(type, data, fields).located(stored: try stored.map(document))
}

/// What the look-ups have found for an event.
struct Found {
  var state = EventState()
  var profiles = Profiles()
}

func resolved(
  _ type: EventType, _ data: String, _ fields: String = "", stored: String? = nil, found: Found = Found()
) throws -> ResolvedEvent {
  try located(type, data, fields, stored: stored).resolved(with: found.state)
}

func plan(
  _ type: EventType, _ data: String, _ fields: String = "", stored: String? = nil, found: Found = Found()
) throws -> EventPlan {
  try resolved(type, data, fields, stored: stored, found: found).plan(with: found.profiles)
}

extension EventPlan {
  /// A section that all recipients share, as JSON text.
  func section(_ name: String) throws -> String {
    text(try #require(content.leading.document(name) ?? content.trailing.document(name)))
  }
}

/// The field that a bad event is blamed for, "" for the event as a whole; `nil` when the event is a good one.
func blamed(_ make: () throws -> Any) throws -> String? {
  do {
    _ = try make()
    return nil
  } catch let bad as BadEvent {
    return bad.field ?? ""
  }
}

/// A plain event of each type, with all that the type needs.
func plainData(_ type: EventType) -> String {
  switch type {
  case .dialogCreate, .dialogUpdate, .dialogDelete: #"{"dialog":{"dialogId":"d"}}"#
  case .memberAdd, .memberRemove, .memberUpdate: #"{"dialog":{"dialogId":"d"},"member":{"userId":"sub"}}"#
  case .messageCreate, .messageUpdate, .statusUpdate, .reactionUpdate:
    #"{"dialog":{"dialogId":"d"},"message":{"messageId":"m","senderId":"sam"}}"#
  case .typing: #"{"dialog":{"dialogId":"d"},"typing":{"userId":"ty"}}"#
  case .userAdd, .userUpdate, .userRemove: #"{"user":{"userId":"u"}}"#
  }
}

/// No conformance to `Equatable`: another test target could add the same one.
func == (left: EventNeeds, right: EventNeeds) -> Bool {
  left.dialogs == right.dialogs && left.memberships == right.memberships && left.statuses == right.statuses
    && left.statusCounts == right.statusCounts && left.newerMessages == right.newerMessages
}

func == (left: ProfileNeeds, right: ProfileNeeds) -> Bool {
  left.users == right.users && left.metas == right.metas && left.membershipCounts == right.membershipCounts
}
