import BSON

/// The counts that a UserStatsUpdate states (spec section 6), whatever is stored in their place.
package struct StatedCounts: Sendable {
  private let dialogCount: BSONElement?
  private let unreadDialogsCount: BSONElement?

  /// Reads `data.user.stats`.
  package init(_ update: StoredUpdate) {
    let stats = update.document.document("data")?.document("user")?.document("stats") ?? .empty
    dialogCount = stats["dialogCount"]
    unreadDialogsCount = stats["unreadDialogsCount"]
  }

  /// Whether the memberships give the same counts.
  package func agree(with counts: MembershipCounts) -> Bool {
    dialogCount?.number == Double(counts.dialogs) && unreadDialogsCount?.number == Double(counts.unread)
  }

  /// The number of dialogs in digits; `?` when it is no number.
  package var dialogs: String { Self.digits(dialogCount) }
  /// The number of unread dialogs in digits; `?` when it is no number.
  package var unread: String { Self.digits(unreadDialogsCount) }

  private static func digits(_ element: BSONElement?) -> String {
    switch element?.exactNumber {
    case .integer(let number): "\(number)"
    case .double(let number): "\(number)"
    case nil: "?"
    }
  }
}
