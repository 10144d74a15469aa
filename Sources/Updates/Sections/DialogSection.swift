import BSON

/// The `dialog` section (spec section 3.1): the event's, or else made of the stored record and metas.
struct DialogSection: SharedSection {
  static var section: Rule.Section { .dialog }

  let event: Event
  let dialog: EntityKey

  private var metaKey: MetaKey {
    MetaKey(tenantId: dialog.tenantId, entity: .dialog, entityId: dialog.id)
  }

  func addNeeds(to needs: inout EventNeeds) {
    if event.dialogId == nil { needs.dialogs.insert(dialog) }
  }

  func addNeeds(to needs: inout ProfileNeeds) {
    if event.dialogId == nil { needs.metas.insert(metaKey) }
  }

  func document(state: EventState, profiles: Profiles) throws(BadEvent) -> BSONDocument {
    if event.dialogId != nil, let own = event.dialog { return own.withMetaObject() }
    guard let record = state.dialogs[dialog] else {
      throw BadEvent(
        "data.dialog", "is missing, and no stored dialog has the dialogId \(dialog.id.string)", .unknown)
    }
    var output = BSONWriter(capacity: record.bytes.count + 128)
    for element in record
    where !element.hasKey("_id") && !element.hasKey("__v") && !element.hasKey("meta") {
      output.append(element)
    }
    output.append("meta", profiles.meta(metaKey))
    return output.finish()
  }
}
