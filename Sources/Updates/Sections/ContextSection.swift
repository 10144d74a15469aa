import BSON

/// The `context` section (spec section 3.1): the event's, completed, with the `includedSections` of the update that is
/// made.
struct ContextSection {
  let located: LocatedEvent
  let entityId: Identifier
  /// The `message` section of the update, if it has one.
  let message: BSONDocument?

  func document() -> BSONDocument {
    let event = located.event
    var completions = [("eventType", event.type.rawValue), ("entityId", entityId.string)]
    if let dialog = located.dialog { completions.append(("dialogId", dialog.id.string)) }
    if let message = located.message { completions.append(("messageId", message.id.string)) }
    let own = event.context ?? .empty
    var output = BSONWriter(capacity: own.bytes.count + 256)
    for element in own where !element.hasKey("includedSections") {
      if element.isNull, completions.contains(where: { element.hasKey($0.0) }) { continue }
      output.append(element)
    }
    for (key, value) in completions where own.present(key) == nil { output.append(key, value) }
    var names = event.type.rule.sections.map(\.name)
    for change in ["statusUpdate", "reactionUpdate"] where message?.present(change) != nil {
      names.append(change)
    }
    output.append("includedSections", strings: names)
    return output.finish()
  }
}
