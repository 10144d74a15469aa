import BSON
import Pipeline
import Support
import Updates

/// The first half of the SHA-256 of a record.
struct RecordDigest: Hashable, Sendable {
  private let words: (UInt64, UInt64)

  init(_ record: BSONDocument) {
    let digest = SHA256.hash(Array(record.bytes))
    func word(_ start: Int) -> UInt64 { digest[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    words = (word(0), word(8))
  }

  static func == (left: RecordDigest, right: RecordDigest) -> Bool { left.words == right.words }

  func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

/// What a recording has written of the state so far: of each record the key and a digest, and as much more as
/// tells in which look-ups it counts. A few hundred bytes for each record.
struct RecordedState {
  struct Membership {
    let digest: RecordDigest
    let isActive: Bool
  }

  struct Message {
    let digest: RecordDigest
    let dialog: EntityKey?
    /// `nil` when it is not a number.
    let createdAt: Double?
  }

  struct MetaScope: Hashable {
    let tenantId: Identifier
    let entity: MetaEntity
    let entityId: Identifier
  }

  var users: [EntityKey: RecordDigest] = [:]
  var dialogs: [EntityKey: RecordDigest] = [:]
  /// By entity, then by `key`.
  var metas: [MetaScope: [Identifier: RecordDigest]] = [:]
  /// The history of each message, by user, each in the order in which it was written.
  var statuses: [EntityKey: [Identifier: [RecordDigest]]] = [:]
  private(set) var messages: [EntityKey: Message] = [:]
  private var messagesOfDialogs: [EntityKey: Set<Identifier>] = [:]
  /// By dialog, then by user.
  private var memberships: [EntityKey: [Identifier: Membership]] = [:]
  private var dialogsOfUsers: [EntityKey: Set<Identifier>] = [:]

  subscript(key: MemberKey) -> Membership? {
    get { memberships[key.dialog]?[key.userId] }
    set {
      memberships[key.dialog, default: [:]][key.userId] = newValue
      let user = EntityKey(tenantId: key.dialog.tenantId, id: key.userId)
      if newValue == nil {
        dialogsOfUsers[user]?.remove(key.dialog.id)
      } else {
        dialogsOfUsers[user, default: []].insert(key.dialog.id)
      }
    }
  }

  mutating func set(_ key: EntityKey, _ message: Message?) {
    if let dialog = messages[key]?.dialog { messagesOfDialogs[dialog]?.remove(key.id) }
    messages[key] = message
    if let dialog = message?.dialog { messagesOfDialogs[dialog, default: []].insert(key.id) }
  }

  /// The memberships that are active members of the dialog in the recording.
  func activeMembers(of dialog: EntityKey) -> [MemberKey] {
    (memberships[dialog] ?? [:]).filter(\.value.isActive).map { MemberKey(dialog: dialog, userId: $0.key) }
  }

  /// The memberships that are active ones of the user in the recording.
  func activeMemberships(of user: EntityKey) -> [MemberKey] {
    (dialogsOfUsers[user] ?? []).map {
      MemberKey(dialog: EntityKey(tenantId: user.tenantId, id: $0), userId: user.id)
    }.filter { self[$0]?.isActive == true }
  }

  /// The messages of the dialog in the recording whose `createdAt` is at least this number.
  func messages(of dialog: EntityKey, since: Double) -> [EntityKey] {
    (messagesOfDialogs[dialog] ?? []).map { EntityKey(tenantId: dialog.tenantId, id: $0) }
      .filter { (messages[$0]?.createdAt).map { $0 >= since } ?? false }
  }
}
