import BSON
import Pipeline
import SpecModel
import Updates

/// A database in which every look-up may find any document, with values of any BSON type, or nothing.
struct RandomState {
  private let documents: [BSONDocument]
  private static let ids = [
    "carl", "alice", "bot_1", "", "a.b", "*", "#", "$where", "é", "e\u{301}", "\u{0}", "CARL ",
  ]

  /// - Parameter documents: What look-ups may find.
  init(_ documents: [BSONDocument]) {
    self.documents = documents
  }

  func document(_ mutator: inout Mutator) -> BSONDocument? {
    mutator.below(4) == 0 ? nil : mutator.pick(documents)
  }

  func members(_ mutator: inout Mutator) -> [Member] {
    (0..<mutator.below(4)).map { _ in
      Member(userId: Identifier(mutator.pick(Self.ids)), record: mutator.pick(documents))
    }
  }

  func state(for needs: EventNeeds, _ mutator: inout Mutator) -> EventState {
    var state = EventState()
    for key in needs.dialogs { state.dialogs[key] = document(&mutator) }
    for key in needs.memberships { state.memberships[key] = document(&mutator) }
    for key in needs.statuses {
      state.statuses[key] = (0..<mutator.below(4)).map { _ in mutator.pick(documents) }
    }
    for key in needs.statusCounts {
      state.statusCounts[key] = (0..<mutator.below(4)).map { _ in
        StatusCount(
          userType: mutator.pick([nil, "", "user"]), status: mutator.pick([nil, "read"]), count: .max)
      }
    }
    for key in needs.newerMessages {
      var newer = NewerMessages()
      newer.total = mutator.below(3)
      newer.bySender[Identifier("carl")] = mutator.below(3)
      state.newerMessages[key] = newer
    }
    return state
  }

  func profiles(for needs: ProfileNeeds, _ mutator: inout Mutator) -> Profiles {
    var profiles = Profiles()
    for key in needs.users { profiles.users[key] = document(&mutator) }
    for key in needs.metas { profiles.metas[key] = document(&mutator) }
    for key in needs.membershipCounts {
      profiles.membershipCounts[key] = MembershipCounts(dialogs: mutator.pick([0, 1, .max]), unread: 1)
    }
    return profiles
  }
}
