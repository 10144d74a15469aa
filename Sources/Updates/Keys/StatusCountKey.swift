import BSON

/// A message whose statuses are counted, without those of its sender.
package struct StatusCountKey: Hashable, Sendable {
  /// The message.
  package let message: EntityKey
  /// The sender, whose records do not count; `nil` when nobody knows him.
  package let senderId: Identifier?

  /// Names a count.
  package init(message: EntityKey, senderId: Identifier?) {
    self.message = message
    self.senderId = senderId
  }
}
