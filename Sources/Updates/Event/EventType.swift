/// The event types that make updates (spec section 3); all others are ignored.
package enum EventType: String, Sendable, CaseIterable {
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

  /// The `eventType` of derived statistics updates, which have no event type of their own (spec section 6).
  package static let derivedStatistics = "user.stats.update"
}
