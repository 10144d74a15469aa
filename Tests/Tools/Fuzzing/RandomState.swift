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

  func snapshot(for request: StateRequest, _ mutator: inout Mutator) -> StateSnapshot {
    var state = StateSnapshot()
    for key in request.dialogs { state.dialogs[key] = document(&mutator) }
    for key in request.memberships { state.memberships[key] = document(&mutator) }
    for key in request.users { state.users[key] = document(&mutator) }
    for key in request.metas { state.metas[key] = document(&mutator) }
    for key in request.statuses {
      state.statuses[key] = (0..<mutator.below(4)).map { _ in mutator.pick(documents) }
    }
    for key in request.statusCounts {
      state.statusCounts[key] = (0..<mutator.below(4)).map { _ in
        StatusCount(
          userType: mutator.pick([nil, "", "user"]), status: mutator.pick([nil, "read"]), count: .max)
      }
    }
    for key in request.newerMessages {
      var newer = NewerMessages()
      newer.total = mutator.below(3)
      newer.bySender[Identifier("carl")] = mutator.below(3)
      state.newerMessages[key] = newer
    }
    for key in request.membershipCounts {
      state.membershipCounts[key] = MembershipCounts(dialogs: mutator.pick([0, 1, .max]), unread: 1)
    }
    return state
  }
}
