/// A membership: one user in one dialog.
package struct MemberKey: Hashable, Sendable {
  /// The dialog.
  package let dialog: EntityKey
  /// The member.
  package let userId: Identifier

  /// Names a membership.
  package init(dialog: EntityKey, userId: Identifier) {
    self.dialog = dialog
    self.userId = userId
  }
}
