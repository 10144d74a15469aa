import Pipeline
import BSON
package import Updates

/// Who has been added to which dialog, and removed from it, since a time, according to the archived events.
/// `dialogmembers` tells who is a member now. Together they tell who was not a member yet when an earlier
/// event was made, and is therefore not due its updates.
///
/// Takes some 200 bytes of memory for each addition and removal.
package struct MembershipHistory: Sendable {
  private var changes: [MemberKey: [(time: Double, isAddition: Bool)]] = [:]

  /// A history without any changes.
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
      let located = try event.located(stored: nil)
      guard let dialog = located.dialog, let member = located.recipients.named else { return }
      changes[MemberKey(dialog: dialog, userId: member.userId), default: []].append(
        (time, event.type == .memberAdd))
    } catch {
      // A bad event changes no membership. It is reported when its turn comes.
    }
  }

  /// Whether a user who is a member now was not one yet at this time (milliseconds since 1970): the first
  /// change of the membership from then on is an addition.
  package func hasJoined(_ member: MemberKey, since time: Double) -> Bool {
    changes[member]?.first { $0.time >= time }?.isAddition ?? false
  }
}
