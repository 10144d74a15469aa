package import BSON
package import Updates

/// Who is in a dialog, and what has happened in it last.
package struct DialogReport: Sendable {
  package let dialog: EntityKey
  /// Whether there is a record of the dialog.
  package let hasRecord: Bool
  /// Active or not, in the order of their userIds.
  package let members: [Member]
  /// Whether there are more than ``members``.
  package let hasMoreMembers: Bool
  /// Newest first.
  package let events: DialogEvents

  /// - Parameters:
  ///   - memberLimit: The most members.
  ///   - eventLimit: The most events.
  package init(
    of dialog: EntityKey, in store: any InspectedStore, memberLimit: Int, eventLimit: Int, patience: Duration
  ) async throws {
    self.dialog = dialog
    hasRecord = try await store.dialogs([dialog])[dialog] != nil
    let members = try await store.members(of: dialog, limit: memberLimit + 1)
    self.members = Array(members.prefix(memberLimit))
    hasMoreMembers = members.count > memberLimit
    // Active members have got the latest events; those who have left saw the dialog's end, if it has ended.
    let witnesses = members.filter(\.isActive) + members.filter { !$0.isActive }
    events = try await store.latestEvents(
      of: dialog, seenBy: witnesses.map(\.userId), limit: eventLimit, patience: patience)
  }

  /// Whether the store knows nothing of the dialog.
  package var isEmpty: Bool {
    !hasRecord && members.isEmpty && events.events.isEmpty && events.searched.isComplete
  }

  /// The report as one JSON object.
  package var document: BSONDocument {
    var output = BSONWriter()
    output.append("tenantId", dialog.tenantId.string)
    output.append("dialogId", dialog.id.string)
    output.append("hasRecord", hasRecord)
    output.append(
      "members",
      documents: members.map { member in
        var output = BSONWriter()
        output.append("userId", member.userId.string)
        output.append(stateOf: member.record)
        return output.finish()
      })
    output.append("moreMembers", hasMoreMembers)
    output.append("events", documents: events.events.map(\.document))
    if let seenBy = events.seenBy {
      output.append("seenBy", strings: seenBy.map(\.string))
    } else {
      output.appendNull("seenBy")
    }
    output.append(events.searched)
    return output.finish()
  }
}

extension DialogEvent {
  fileprivate var document: BSONDocument {
    var output = BSONWriter()
    output.append("eventId", eventId)
    output.append("eventType", eventType)
    output.append("createdAt", createdAt)
    output.append("updates", Int64(updates))
    output.append("unpublished", Int64(unpublished))
    return output.finish()
  }
}
