package import BSON

/// What a verification has found: when, of what, and how many differences of each kind.
package struct VerificationRecord: Sendable, Equatable {
  /// In milliseconds since 1970.
  package var finishedAt: Double
  package var seconds: Double
  /// The tenant that was verified; `nil`: all of them.
  package var tenantId: String?
  /// The earliest event of the range, in milliseconds since 1970.
  package var since: Double
  /// The first event that did not count; `nil`: none.
  package var until: Double?
  /// Events of types that make updates.
  package var events: Int
  package var updates: Int
  package var users: Int
  /// Differences by ``Difference/Kind``.
  package var differences: [String: Int]
  /// Those of ``differences`` that were repaired.
  package var repaired: Int

  package init(
    finishedAt: Double, seconds: Double, of tenantId: String?, since: Double, until: Double?, events: Int,
    updates: Int, users: Int, differences: [String: Int], repaired: Int
  ) {
    self.finishedAt = finishedAt
    self.seconds = seconds
    self.tenantId = tenantId
    self.since = since
    self.until = until
    self.events = events
    self.updates = updates
    self.users = users
    self.differences = differences
    self.repaired = repaired
  }

  /// Reads what ``document`` has written; `nil` for anything else.
  package init?(_ document: BSONDocument) {
    guard let finishedAt = document["finishedAt"]?.number, let since = document["since"]?.number else {
      return nil
    }
    self.init(
      finishedAt: finishedAt, seconds: document["seconds"]?.number ?? 0, of: document["tenantId"]?.string,
      since: since, until: document["until"]?.number, events: document.count("events"),
      updates: document.count("updates"), users: document.count("users"),
      differences: document.counts("differences"), repaired: document.count("repaired"))
  }

  package var document: BSONDocument {
    var output = BSONWriter()
    output.append("finishedAt", finishedAt)
    output.append("seconds", seconds)
    output.append("tenantId", tenantId)
    output.append("since", since)
    if let until { output.append("until", until) }
    output.append("events", Int64(events))
    output.append("updates", Int64(updates))
    output.append("users", Int64(users))
    output.append("differences", counts: differences)
    output.append("repaired", Int64(repaired))
    return output.finish()
  }
}
