package import Updates
import Pipeline
package import BSON
import Support

/// A UserStatsUpdate that comes from no event: it corrects the last one that a user got.
///
/// Its `eventId` does not belong to any event. It consists of four zero bytes, then the first eight of
/// SHA-256 over tenant, user, the `_id` of the update that is corrected, and the counts. Making the same
/// correction again therefore gives the same `_id`.
package struct FreshStatistics: Sendable {
  private let user: EntityKey
  private let counts: MembershipCounts
  /// The identity that takes the place of an event's.
  package let eventId: ObjectId

  package init?(of user: EntityKey, correcting last: StoredUpdate, to counts: MembershipCounts) {
    var input: [UInt8] = []
    for text in [
      user.tenantId.string, user.id.string, last.id.description, "\(counts.dialogs)", "\(counts.unread)",
    ] {
      input.append(contentsOf: "\(text.utf8.count):\(text)".utf8)
    }
    var bytes: [UInt8] = [0, 0, 0, 0]
    bytes.append(contentsOf: SHA256.hash(input).prefix(8))
    guard let eventId = ObjectId(bytes: bytes[...]) else { return nil }
    self.eventId = eventId
    self.user = user
    self.counts = counts
  }

  /// Whether an update is a correction. No event's identity begins with four zero bytes, which would be the
  /// year 1970.
  package static func isCorrection(_ update: StoredUpdate) -> Bool {
    update.eventType == EventType.derivedStatistics && update.eventId.bytes.prefix(4) == [0, 0, 0, 0]
  }

  /// What has to be looked up to make the update.
  package var needs: ProfileNeeds {
    var needs = ProfileNeeds()
    needs.addUser(user.tenantId, user.id)
    needs.metas.insert(MetaKey(tenantId: user.tenantId, entity: .user, entityId: user.id))
    return needs
  }

  /// Makes the update. Its `createdAt` is still 0.
  package func update(profiles: Profiles) -> Update {
    let userType = profiles.user(user.tenantId, user.id)?.userType ?? "user"
    let content = UpdateContent(
      statisticsOf: user, userType: userType,
      meta: profiles.meta(MetaKey(tenantId: user.tenantId, entity: .user, entityId: user.id)), counts: counts,
      updatedFields: ["user.stats.dialogCount", "user.stats.unreadDialogsCount"], eventId: eventId,
      eventCreatedAt: nil)
    return Update(content: content, userId: user.id, userType: userType, member: nil)
  }
}
