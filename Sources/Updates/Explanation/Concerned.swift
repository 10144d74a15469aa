package import BSON

/// Somebody whom an event concerns, and why they get which updates or none.
package struct Concerned: Sendable {
  /// What somebody has to do with an event.
  package enum Role: String, Sendable, CaseIterable {
    /// An active member of the dialog.
    case member
    /// A member of the dialog whose `isActive` is false.
    case formerMember
    /// The member whom the event is about.
    case subject
    case typist
    case sender
    /// The user of a user event.
    case user
  }

  package let userId: Identifier
  package let roles: [Role]
  package let ordinary: RecipientReason
  package let statistics: StatisticsReason
  /// The `dialogmembers` record by which was decided; `nil` when there is none.
  package let record: BSONDocument?

  package var getsUpdate: Bool { ordinary.getsUpdate || statistics.getsUpdate }
}

extension LocatedEvent {
  /// Whom the event itself concerns, whether or not they are members of its dialog; nobody twice.
  package var peopleNamed: [Identifier] {
    let location = location
    let all = [location.subjectId, location.user?.id, location.typist?.id, location.senderId].compactMap {
      $0
    }
    return all.enumerated().filter { !all[..<$0.offset].contains($0.element) }.map(\.element)
  }
}

extension ResolvedEvent {
  /// Why somebody gets which updates, decided as for everybody.
  ///
  /// - Parameter record: Their record in `dialogmembers`; `nil` when they have none.
  package func concerned(_ userId: Identifier, record: BSONDocument?) -> Concerned {
    let member = record.map { Member(userId: userId, record: $0) }
    let location = located.location
    var roles: [Concerned.Role] = []
    if let member { roles.append(member.isActive ? .member : .formerMember) }
    if location.subjectId == userId { roles.append(.subject) }
    if location.typist?.id == userId { roles.append(.typist) }
    if location.senderId == userId { roles.append(.sender) }
    if location.user?.id == userId { roles.append(.user) }
    return Concerned(
      userId: userId, roles: roles, ordinary: recipients.reason(for: userId, member),
      statistics: statistics.reason(for: userId, member), record: record)
  }

  /// What is to be made for somebody: the ordinary recipient, if they are one, and whether they get statistics.
  package func recipient(_ concerned: Concerned) -> Recipient? {
    switch concerned.ordinary {
    case .named: recipients.named
    case .activeMember: Recipient(userId: concerned.userId, record: concerned.record)
    case .typist, .formerMember, .stranger, .othersOnly: nil
    }
  }
}
