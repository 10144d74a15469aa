/// A field that may say what an event is about (spec section 3.1).
package enum NamingField: String, Sendable, CaseIterable {
  case dialog = "data.dialog.dialogId"
  case contextDialog = "data.context.dialogId"
  case messageDialog = "data.message.dialogId"
  case storedMessage = "the stored message's dialogId"
  case message = "data.message.messageId"
  case contextMessage = "data.context.messageId"
  case entity = "entityId"
  case typing = "data.typing.userId"
  case legacyUser = "data.userId"
  case actor = "actorId"
  case user = "data.user.userId"
}

/// What an event is about, and the field that says so.
package struct NamedId: Sendable {
  package let id: Identifier
  package let field: NamingField

  init(_ id: Identifier, _ field: NamingField) {
    self.id = id
    self.field = field
  }

  /// `nil` when the field does not have the id.
  init?(_ id: Identifier?, _ field: NamingField) {
    guard let id else { return nil }
    self.init(id, field)
  }
}
