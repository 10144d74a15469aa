import BSON
import Pipeline
import Updates

/// What the planner has looked up.
struct StateNotes: Sendable {
  var users: Set<EntityKey> = []
  var dialogs: Set<EntityKey> = []
  var messages: Set<EntityKey> = []
  var memberships: Set<MemberKey> = []
  /// Dialogs whose active members were looked up.
  var rosters: Set<EntityKey> = []
  /// Users whose active memberships were counted.
  var countedUsers: Set<EntityKey> = []
  /// Messages whose statuses were shown or counted.
  var histories: Set<EntityKey> = []
  /// Dialogs whose messages were counted, and from which `createdAt` on.
  var newerMessages: [EntityKey: Double] = [:]
  var metas: Set<MetaKey> = []

  /// How many look-ups these are.
  var count: Int {
    users.count + dialogs.count + messages.count + memberships.count + rosters.count + countedUsers.count
      + histories.count + newerMessages.count + metas.count
  }

  /// Takes note that the messages from this position on were counted.
  mutating func add(_ position: MessagePosition) {
    // A little earlier, because the nearest double may be later than an integer. Nothing comes before NaN.
    let time = position.createdAt.double
    let since = time.isNaN ? -Double.infinity : time.nextDown
    newerMessages[position.dialog] = min(newerMessages[position.dialog] ?? since, since)
  }
}
