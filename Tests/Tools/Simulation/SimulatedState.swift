import BSON
import Pipeline
import Updates

/// The collections that a look-up reads (spec section 2), at one moment.
struct SimulatedState: Sendable {
  private struct MetaName: Hashable {
    let tenantId: Identifier
    let entity: String
    let entityId: Identifier
  }

  private(set) var users: [EntityKey: BSONDocument] = [:]
  private(set) var dialogs: [EntityKey: BSONDocument] = [:]
  private(set) var messages: [EntityKey: BSONDocument] = [:]
  /// In ascending order of their ids, active or not.
  private var members: [EntityKey: [Member]] = [:]
  /// Those of them who are active.
  private var rosters: [EntityKey: [Member]] = [:]
  private var dialogsOfUser: [EntityKey: Set<EntityKey>] = [:]
  private var countsOfUser: [EntityKey: MembershipCounts] = [:]
  private var messagesOfDialog: [EntityKey: Set<EntityKey>] = [:]
  private var statuses: [EntityKey: [BSONDocument]] = [:]
  private var metas: [MetaName: [(key: String, record: BSONDocument)]] = [:]

  mutating func apply(_ change: StateChange) {
    for record in change.records { apply(record, isDeleted: change.action == .delete) }
  }

  private mutating func apply(_ record: StateRecord, isDeleted: Bool) {
    let ids = record.key.map(Identifier.init)
    let document = isDeleted ? nil : record.document
    switch record.collection {
    case .users: users[EntityKey(tenantId: ids[0], id: ids[1])] = document
    case .dialogs: dialogs[EntityKey(tenantId: ids[0], id: ids[1])] = document
    case .messages:
      let key = EntityKey(tenantId: ids[0], id: ids[1])
      for dialog in messagesOfDialog.keys { messagesOfDialog[dialog]?.remove(key) }
      messages[key] = document
      if let dialog = document?["dialogId"]?.string {
        messagesOfDialog[EntityKey(tenantId: ids[0], id: Identifier(dialog)), default: []].insert(key)
      }
    case .dialogmembers:
      let (dialog, user) = (EntityKey(tenantId: ids[0], id: ids[1]), EntityKey(tenantId: ids[0], id: ids[2]))
      var list = (members[dialog] ?? []).filter { $0.userId != ids[2] }
      if let document { list.append(Member(userId: ids[2], record: document)) }
      list.sort { $0.userId < $1.userId }
      members[dialog] = list
      rosters[dialog] = list.filter { $0.record.isActive }
      if isDeleted {
        dialogsOfUser[user]?.remove(dialog)
      } else {
        dialogsOfUser[user, default: []].insert(dialog)
      }
      countsOfUser[user] = countMemberships(of: user)
    case .messagestatuses:
      let key = EntityKey(tenantId: ids[0], id: ids[1])
      if let document {
        statuses[key, default: []].append(document)
      } else {
        statuses[key]?.removeAll { $0["userId"]?.string.map(Identifier.init) == ids[2] }
      }
    case .metas:
      let name = MetaName(tenantId: ids[0], entity: record.key[1], entityId: ids[2])
      var list = (metas[name] ?? []).filter { $0.key != record.key[3] }
      if let document { list.append((record.key[3], document)) }
      metas[name] = list.sorted { $0.key < $1.key }
    case .events, .updates: break
    }
  }

  func membership(_ key: MemberKey) -> BSONDocument? {
    members[key.dialog]?.first { $0.userId == key.userId }?.record
  }

  func roster(_ dialog: EntityKey) -> [Member] { rosters[dialog] ?? [] }

  func allMembers(of dialog: EntityKey) -> [Member] { members[dialog] ?? [] }

  /// Active or not, in the order of their dialogs.
  func memberships(of user: EntityKey) -> [Membership] {
    (dialogsOfUser[user] ?? []).sorted { $0.id < $1.id }.compactMap { dialog in
      membership(MemberKey(dialog: dialog, userId: user.id)).map {
        Membership(dialogId: dialog.id, record: $0)
      }
    }
  }

  /// Newest first, then by userId.
  func statuses(of message: EntityKey, limit: Int) -> [BSONDocument] {
    let sorted = (statuses[message] ?? []).sorted { left, right in
      let times = (left["createdAt"]?.number ?? -.infinity, right["createdAt"]?.number ?? -.infinity)
      return times.0 != times.1
        ? times.0 > times.1 : (left["userId"]?.string ?? "") < (right["userId"]?.string ?? "")
    }
    return Array(sorted.prefix(limit))
  }

  func statusCounts(_ key: StatusCountKey) -> [StatusCount] {
    var counts: [[String?]: Int] = [:]
    for record in statuses[key.message] ?? []
    where key.senderId == nil || record["userId"]?.string.map(Identifier.init) != key.senderId {
      counts[[record["userType"]?.string, record["status"]?.string], default: 0] += 1
    }
    return counts.map { StatusCount(userType: $0.key[0], status: $0.key[1], count: $0.value) }
  }

  func newerMessages(_ position: MessagePosition) -> NewerMessages {
    var newer = NewerMessages()
    for key in messagesOfDialog[position.dialog] ?? [] {
      guard let record = messages[key], let time = record["createdAt"]?.number else { continue }
      let reference = position.createdAt.approximately
      guard time > reference || (time == reference && position.messageId.map { $0 < key.id } ?? false)
      else { continue }
      newer.total += 1
      if let sender = record["senderId"]?.string { newer.bySender[Identifier(sender), default: 0] += 1 }
    }
    return newer
  }

  func meta(_ key: MetaKey) -> BSONDocument? {
    let name = MetaName(tenantId: key.tenantId, entity: key.entity.rawValue, entityId: key.entityId)
    guard let list = metas[name], !list.isEmpty else { return nil }
    var output = BSONWriter()
    for (key, record) in list { output.append(key, valueOf: record["value"]) }
    return output.finish()
  }

  func counts(of user: EntityKey) -> MembershipCounts { countsOfUser[user] ?? .none }

  private func countMemberships(of user: EntityKey) -> MembershipCounts {
    var (all, unread) = (0, 0)
    for dialog in dialogsOfUser[user] ?? [] {
      guard let record = membership(MemberKey(dialog: dialog, userId: user.id)), record.isActive else {
        continue
      }
      all += 1
      if record["unreadCount"]?.number ?? 0 > 0 { unread += 1 }
    }
    return MembershipCounts(dialogs: all, unread: unread)
  }
}

extension BSONDocument {
  fileprivate var isActive: Bool { self["isActive"]?.bool != false }
}

extension BSONNumber {
  /// Precise enough for times.
  fileprivate var approximately: Double {
    switch self {
    case .integer(let value): Double(value)
    case .double(let value): value
    }
  }
}
