import BSON

/// The counts of a user's active memberships in the tenant (spec section 6).
package struct MembershipCounts: Sendable, Equatable {
  /// The counts of a user without memberships.
  package static let none = MembershipCounts(dialogs: 0, unread: 0)

  /// `dialogCount`: all of them.
  package let dialogs: Int
  /// `unreadDialogsCount`: those with `unreadCount` above 0.
  package let unread: Int

  package init(dialogs: Int, unread: Int) {
    self.dialogs = dialogs
    self.unread = unread
  }
}
