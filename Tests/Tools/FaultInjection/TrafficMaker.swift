import SpecModel

/// Makes the records and the events of a ``Scenario``.
struct TrafficMaker {
  private static let tenants = ["north", "south"]
  private static let users = ["ann", "bob", "cid", "dee", "eve", "fay", "gus"]
  private static let dialogs = ["d1", "d2", "d3"]
  private static let messagesPerDialog = 8
  private static let start = 1_763_551_369_397.25

  private var random: SplitMix64
  private var made: UInt64 = 0
  private let seed: UInt64

  init(seed: UInt64) {
    self.seed = seed
    random = SplitMix64(seed: seed)
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: elements.indices, using: &random)]
  }

  // MARK: - Records

  mutating func state() -> [(collection: String, records: [JSON])] {
    var collections: [String: [JSON]] = [:]
    for tenant in Self.tenants {
      // One user has no record. The spec says that they get updates all the same.
      collections["users", default: []] += Self.users.dropLast().map { user in
        [
          "tenantId": .string(tenant), "userId": .string(user), "type": pick(["user", "bot", "agent"]),
          "name": "N",
        ]
      }
      for dialog in Self.dialogs {
        collections["dialogs", default: []].append([
          "tenantId": .string(tenant), "dialogId": .string(dialog), "name": .string("Dialog \(dialog)"),
        ])
        collections["dialogmembers", default: []] += members(tenant, dialog)
        collections["messages", default: []] += messages(tenant, dialog)
      }
      collections["metas", default: []] += ["ann", "bob"].map { user in
        [
          "tenantId": .string(tenant), "entityType": "user", "entityId": .string(user), "key": "lang",
          "value": .string("l\(Int.random(in: 0..<9, using: &random))"),
        ]
      }
    }
    return collections.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private mutating func members(_ tenant: String, _ dialog: String) -> [JSON] {
    Self.users.shuffled(using: &random).prefix(5).enumerated().map { index, user in
      var record: Fields = [
        "tenantId": .string(tenant), "dialogId": .string(dialog), "userId": .string(user),
        "unreadCount": .integer(Int64.random(in: 0...Int64(Self.messagesPerDialog), using: &random)),
        "lastSeenAt": .double(Self.start), "lastMessageAt": .null,
      ]
      if index == 4 { record["isActive"] = .bool(chance(50)) }
      return .object(record)
    }
  }

  private mutating func messages(_ tenant: String, _ dialog: String) -> [JSON] {
    (0..<Self.messagesPerDialog).map { number in
      [
        "tenantId": .string(tenant), "messageId": .string("\(dialog)-m\(number)"),
        "dialogId": .string(dialog),
        "senderId": .string(pick(Self.users)), "type": "internal.text", "content": .string("text \(number)"),
        "createdAt": .double(Self.start + Double(number)),
      ]
    }
  }

  // MARK: - The crowd

  private static let crowd = "crowd"
  /// The message that the event to the crowd is about.
  static let messageToCrowd = "crowd-m0"

  /// The members of a large dialog.
  static func crowd(of count: Int) -> [JSON] {
    (0..<count).map { number in
      [
        "tenantId": .string(tenants[0]), "dialogId": .string(crowd), "userId": .string("crowd-\(number)"),
        "unreadCount": 0, "lastSeenAt": .double(start), "lastMessageAt": .null,
      ]
    }
  }

  /// An event of which every member of the crowd gets an update, and of which the model can tell that fast.
  mutating func eventToCrowd() -> Scenario.Sent {
    made += 1
    let status: JSON = ["userId": "ann", "status": "read", "oldStatus": "unread"]
    let message: JSON = [
      "messageId": .string(Self.messageToCrowd), "dialogId": .string(Self.crowd), "statusUpdate": status,
    ]
    return sent(
      "message.status.update", Self.tenants[0], about: "message", Self.messageToCrowd,
      ["dialog": section(of: Self.crowd), "message": message])
  }

  // MARK: - Events

  mutating func event() -> Scenario.Sent {
    made += 1
    let tenant = pick(Self.tenants)
    return switch Int.random(in: 0..<100, using: &random) {
    case 0..<32: message("message.create", tenant)
    case 32..<40: message("message.update", tenant)
    case 40..<48: message("message.status.update", tenant)
    case 48..<54: message("message.reaction.update", tenant)
    case 54..<64: typing(tenant)
    case 64..<72: dialog("dialog.update", tenant)
    case 72..<76: member("dialog.member.add", tenant)
    case 76..<78: member("dialog.member.remove", tenant)
    case 78..<86: member("dialog.member.update", tenant)
    case 86..<91: user(tenant)
    case 91..<94: message("message.delete", tenant)
    default: bad(tenant)
    }
  }

  /// The `_id` of the current event. No other event of any seed has it.
  private var identity: String {
    let digits = String(seed & 0xFFFF_FFFF, radix: 16), number = String(made, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
      + String(repeating: "0", count: 16 - number.count) + number
  }

  private func sent(_ type: String, _ tenant: String, about entity: String, _ id: String, _ data: Fields)
    -> Scenario.Sent
  {
    let event: JSON = [
      "_id": .string(identity), "eventId": .string("evt_\(identity)00000000"), "tenantId": .string(tenant),
      "eventType": .string(type), "entityType": .string(entity), "entityId": .string(id), "actorId": "ann",
      "actorType": "user", "data": .object(data), "createdAt": .double(Self.start + Double(made) / 8),
    ]
    return Scenario.Sent(body: Array(event.text.utf8), routingKey: "\(type).\(tenant)")
  }

  private func section(of dialog: String) -> JSON {
    [
      "dialogId": .string(dialog), "name": .string("Dialog \(dialog)"),
      "meta": ["step": .integer(Int64(made))],
    ]
  }

  private mutating func message(_ type: String, _ tenant: String) -> Scenario.Sent {
    let dialog = pick(Self.dialogs)
    let id = "\(dialog)-m\(Int.random(in: 0..<Self.messagesPerDialog, using: &random))"
    var message: Fields = [
      "messageId": .string(id), "dialogId": .string(dialog), "content": .string("said \(made)"),
    ]
    switch type {
    case "message.status.update":
      message["statusUpdate"] = [
        "userId": .string(pick(Self.users)), "status": "read", "oldStatus": "unread",
      ]
    case "message.reaction.update":
      message["reactionUpdate"] = [
        "userId": .string(pick(Self.users)), "reaction": "+1", "oldReaction": .null,
      ]
    default: message["senderId"] = .string(pick(Self.users))
    }
    let data: Fields = [
      "context": ["dialogId": .string(dialog), "messageId": .string(id), "version": 2],
      "dialog": section(of: dialog), "message": .object(message),
    ]
    return sent(type, tenant, about: "message", id, data)
  }

  private mutating func typing(_ tenant: String) -> Scenario.Sent {
    let dialog = pick(Self.dialogs)
    let typing: JSON = ["userId": .string(pick(Self.users)), "timestamp": .double(Self.start)]
    return sent(
      "dialog.typing", tenant, about: "dialog", dialog, ["dialog": section(of: dialog), "typing": typing])
  }

  private mutating func dialog(_ type: String, _ tenant: String) -> Scenario.Sent {
    let dialog = pick(Self.dialogs)
    // Half of them do not name the dialog, so that it is looked up.
    let data: Fields =
      chance(50) ? ["dialog": section(of: dialog)] : ["context": ["dialogId": .string(dialog)]]
    return sent(type, tenant, about: "dialog", dialog, data)
  }

  private mutating func member(_ type: String, _ tenant: String) -> Scenario.Sent {
    let (dialog, user) = (pick(Self.dialogs), pick(Self.users))
    let data: Fields = [
      "dialog": section(of: dialog), "member": ["userId": .string(user), "state": ["unreadCount": 0]],
      "delta": ["unreadCount": ["from": .integer(Int64.random(in: 0...1, using: &random)), "to": 0]],
    ]
    return sent(type, tenant, about: "dialogMember", dialog, data)
  }

  private mutating func user(_ tenant: String) -> Scenario.Sent {
    let user = pick(Self.users)
    return sent(
      "user.update", tenant, about: "user", user,
      ["user": ["userId": .string(user), "name": .string("Name \(made)"), "type": "user"]])
  }

  /// No two of them are equal, so that each can be recognised among the dead letters.
  private mutating func bad(_ tenant: String) -> Scenario.Sent {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: Scenario.Sent(body: Array("no JSON at all, \(identity)".utf8), routingKey: "no.json.\(tenant)")
    case 1: sent("dialog.update", tenant, about: "dialog", "nowhere", [:])
    case 2:
      sent("message.update", tenant, about: "message", "d1-m1", ["dialog": ["dialogId": ["$ne": .null]]])
    default: sent("dialog.member.add", tenant, about: "dialogMember", "d1", ["dialog": section(of: "d1")])
    }
  }
}
