/// The event types that make updates (§3). Every other type is ignored.
enum EventType: String, CaseIterable, Sendable {
  case dialogCreate = "dialog.create"
  case dialogUpdate = "dialog.update"
  case dialogDelete = "dialog.delete"
  case memberAdd = "dialog.member.add"
  case memberRemove = "dialog.member.remove"
  case memberUpdate = "dialog.member.update"
  case messageCreate = "message.create"
  case messageUpdate = "message.update"
  case statusUpdate = "message.status.update"
  case reactionUpdate = "message.reaction.update"
  case typing = "dialog.typing"
  case userAdd = "user.add"
  case userUpdate = "user.update"
  case userRemove = "user.remove"

  /// `nil` if events of this name make no updates. Names compare byte by byte.
  init?(named name: ExactString) {
    guard let type = EventType.allCases.first(where: { ExactString($0.rawValue) == name }) else {
      return nil
    }
    self = type
  }

  /// The type of its ordinary updates.
  var updateType: String {
    switch self {
    case .dialogCreate, .dialogUpdate, .dialogDelete, .memberAdd, .memberRemove: "DialogUpdate"
    case .memberUpdate: "DialogMemberUpdate"
    case .messageCreate, .messageUpdate, .statusUpdate, .reactionUpdate: "MessageUpdate"
    case .typing: "TypingUpdate"
    case .userAdd, .userUpdate, .userRemove: "UserUpdate"
    }
  }

  /// Whether it is `user.*`.
  var isUserEvent: Bool { updateType == "UserUpdate" }

  /// Whether it is `message.*`.
  var isMessageEvent: Bool { updateType == "MessageUpdate" }

  /// `dialog.member.*`: the member section is the member the event is about (footnote 2).
  var isMemberEvent: Bool { [.memberAdd, .memberRemove, .memberUpdate].contains(self) }

  /// The member section is the recipient's own membership (footnote 1).
  var showsOwnMembership: Bool {
    switch self {
    case .dialogCreate, .dialogUpdate, .dialogDelete: true
    case .messageCreate, .messageUpdate, .typing: true
    default: false
    }
  }
}
