import Updates

/// Who gets the updates of an event that rounds have not taken yet: recipients of ordinary updates, then users who get
/// statistics. Only the ids of the latter are kept, so that a dialog may have any number of members.
struct Audience: Sendable {
  /// A part of it, which goes into a round.
  struct Part: Sendable {
    let recipients: [Recipient]
    let users: [Identifier]

    /// Its last updates, without the first ones.
    func dropFirst(_ count: Int) -> Part {
      Part(
        recipients: Array(recipients.dropFirst(count)),
        users: Array(users.dropFirst(max(0, count - recipients.count))))
    }
  }

  private var recipients: ArraySlice<Recipient> = []
  private var users: ArraySlice<Identifier> = []
  /// The rest of a roster that is read page by page; `nil` when nobody reads it.
  var roster: (any Roster)?
  /// Whether the roster has been read to its end.
  var isComplete = true
  /// The last member that has been read.
  private(set) var last: Identifier?

  /// How many updates are due for those that are known. Statistics have to wait until all recipients are.
  var count: Int { recipients.count + (isComplete ? users.count : 0) }

  mutating func add(recipients: [Recipient], users: [Identifier]) {
    if self.recipients.isEmpty { self.recipients = recipients[...] } else { self.recipients += recipients }
    if self.users.isEmpty { self.users = users[...] } else { self.users += users }
  }

  /// Notes the members of a page, the last of which is where another roster would have to go on.
  mutating func read(_ members: [Member]) {
    guard let last = members.last else {
      roster = nil
      isComplete = true
      return
    }
    self.last = last.userId
  }

  /// Removes and returns who gets the next updates.
  mutating func take(_ count: Int) -> Part {
    let part = Part(
      recipients: Array(recipients.prefix(count)),
      users: Array(users.prefix(max(0, count - recipients.count))))
    recipients = recipients.dropFirst(part.recipients.count)
    users = users.dropFirst(part.users.count)
    return part
  }

  /// Gives back what was taken last.
  mutating func putBack(_ part: Part) {
    recipients = part.recipients + recipients
    users = part.users + users
  }
}
