import Updates
import Pipeline
import BSON

/// A made-up state for ``EventImprint``. The two states differ in everything that a look-up can answer.
enum AssumedState: CaseIterable {
  /// Only what an event cannot do without is known.
  case unknown
  /// Everything is known, and every field has a value that no real record has.
  case strange

  /// A value that no real record has, also used as a key.
  private static let token = "\u{1}"

  /// A record of `dialogmembers`.
  var member: BSONDocument {
    record(["unreadCount", "lastSeenAt", "lastMessageAt"], isActive: self == .unknown)
  }

  /// The stored message with only the fields that decide what the event is about. In ``strange``, its other
  /// fields are strange.
  func message(_ stored: BSONDocument) -> BSONDocument {
    if self == .unknown {
      return Self.document { output in
        for field in ["messageId", "dialogId", "senderId", "createdAt"] {
          if let element = stored[field] { output.append(element) }
        }
      }
    }
    return Self.document { output in
      for field in ["messageId", "dialogId"] { if let element = stored[field] { output.append(element) } }
      for field in ["senderId", "type", "content", "createdAt", Self.token] {
        output.append(field, Self.token)
      }
    }
  }

  /// What this state says of located events.
  func state(for needs: EventNeeds) -> EventState {
    var state = EventState()
    for dialog in needs.dialogs {
      state.dialogs[dialog] = Self.document { output in
        output.append("dialogId", dialog.id.string)
        if self == .strange { output.append(Self.token, Self.token) }
      }
    }
    guard self == .strange else { return state }
    for member in needs.memberships { state.memberships[member] = self.member }
    for message in needs.statuses { state.statuses[message] = [record(["userId", "status"])] }
    for key in needs.statusCounts {
      state.statusCounts[key] = [StatusCount(userType: Self.token, status: Self.token, count: 1)]
    }
    return state
  }

  /// What this state says of those who take part.
  func profiles(for needs: ProfileNeeds) -> Profiles {
    var profiles = Profiles()
    guard self == .strange else { return profiles }
    for user in needs.users { profiles.users[user] = record(["type", "name", "createdAt"]) }
    for meta in needs.metas { profiles.metas[meta] = record([Self.token]) }
    for user in needs.membershipCounts {
      profiles.membershipCounts[user] = MembershipCounts(dialogs: 1, unread: 1)
    }
    return profiles
  }

  private func record(_ fields: [String], isActive: Bool? = nil) -> BSONDocument {
    Self.document { output in
      if self == .strange { for field in fields { output.append(field, Self.token) } }
      if let isActive { output.append("isActive", isActive) }
    }
  }

  private static func document(_ build: (inout BSONWriter) -> Void) -> BSONDocument {
    var output = BSONWriter()
    build(&output)
    return output.finish()
  }
}
