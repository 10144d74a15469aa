import Pipeline
import BSON
package import Updates

/// Who was added to and removed from which dialog since a time, by the archived events. `dialogmembers` tells who is a
/// member now; together they tell who was none yet when an earlier event was made, and so is not due its updates.
///
/// Holds some 200 bytes for each addition and removal.
package struct MembershipHistory: Sendable {
  private var changes: [MemberKey: [(time: Double, isAddition: Bool)]] = [:]

  /// Knows nothing.
  package init() {}

  /// Reads the additions and removals of a range.
  package static func read(_ archive: any EventArchive, in range: EventRange) async throws
    -> MembershipHistory
  {
    var history = MembershipHistory()
    let stream = try await archive.events(in: range, types: [.memberAdd, .memberRemove])
    while true {
      let records = try await stream.next(500)
      if records.isEmpty { return history }
      for record in records { history.add(record) }
    }
  }

  private mutating func add(_ record: BSONDocument) {
    do {
      let event = try Event(try EventHeader(try record.asPublished()))
      guard let event, let time = record["createdAt"]?.number else { return }
      let located = try EventDraft(event).located(stored: nil)
      guard let dialog = located.dialog, let member = located.namedRecipient else { return }
      changes[MemberKey(dialog: dialog, userId: member.userId), default: []].append(
        (time, event.type == .memberAdd))
    } catch {
      // A bad event changes nobody's membership; it is reported when its turn comes.
    }
  }

  /// Whether somebody who is a member now was none at a time (milliseconds since 1970): the first that happened to
  /// the membership from then on is that he was added.
  package func hasJoined(_ member: MemberKey, since time: Double) -> Bool {
    changes[member]?.first { $0.time >= time }?.isAddition ?? false
  }
}
