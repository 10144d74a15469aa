import BSON

/// A message whose statuses are counted, without those of its sender.
package struct StatusCountKey: Hashable, Sendable {
  package let message: EntityKey
  /// The sender, whose records do not count; `nil` when the sender is unknown.
  package let senderId: Identifier?

  package init(message: EntityKey, senderId: Identifier?) {
    self.message = message
    self.senderId = senderId
  }
}
