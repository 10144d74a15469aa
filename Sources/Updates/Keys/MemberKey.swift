/// A membership: one user in one dialog.
package struct MemberKey: Hashable, Sendable {
  package let dialog: EntityKey
  package let userId: Identifier

  package init(dialog: EntityKey, userId: Identifier) {
    self.dialog = dialog
    self.userId = userId
  }
}
