package import BSON

/// What has to be looked up for located events before their recipients are known, without duplicates. The answers are
/// an ``EventState``.
package struct EventNeeds: Sendable {
  /// Dialogs whose section has to be made from the stored record.
  package var dialogs: Set<EntityKey> = []
  /// Memberships that events are about.
  package var memberships: Set<MemberKey> = []
  /// Messages whose newest statuses are shown.
  package var statuses: Set<EntityKey> = []
  /// Messages whose statuses are counted.
  package var statusCounts: Set<StatusCountKey> = []
  /// Points in a dialog after which messages are counted.
  package var newerMessages: Set<MessagePosition> = []

  package init() {}
}

/// The answers to ``EventNeeds``. A key that is missing was not found.
package struct EventState: Sendable {
  /// `dialogs` records.
  package var dialogs: [EntityKey: BSONDocument] = [:]
  /// `dialogmembers` records that an event is about, active or not.
  package var memberships: [MemberKey: BSONDocument] = [:]
  /// The newest 100 `messagestatuses` records of a message, newest first, then by userId.
  package var statuses: [EntityKey: [BSONDocument]] = [:]
  /// How often each pair of user type and status occurs in the history of a message.
  package var statusCounts: [StatusCountKey: [StatusCount]] = [:]
  /// How many messages there are after a position, by sender.
  package var newerMessages: [MessagePosition: NewerMessages] = [:]

  package init() {}
}
