/// A question that an event put to the state, and how much was found.
package struct LookUp: Sendable, Equatable {
  /// The collection that was asked.
  package let collection: String
  /// What it was asked for.
  package let key: String
  /// How many records there are; 0 means that nothing was found.
  package let found: Int

  package init(_ collection: String, _ key: String, found: Int) {
    self.collection = collection
    self.key = key
    self.found = found
  }
}

extension MessageNeed {
  /// The look-up of the stored message.
  package func lookUp(isFound: Bool) -> LookUp {
    LookUp("messages", key.id.string, found: isFound ? 1 : 0)
  }
}

extension EventNeeds {
  /// The look-ups that these needs are, in a fixed order.
  package func lookUps(_ answer: EventState) -> [LookUp] {
    var all: [LookUp] = []
    for key in dialogs.sorted(by: { $0.id < $1.id }) {
      all.append(LookUp("dialogs", key.id.string, found: answer.dialogs[key] == nil ? 0 : 1))
    }
    for key in memberships.sorted(by: { $0.userId < $1.userId }) {
      let text = "\(key.userId) in \(key.dialog.id)"
      all.append(LookUp("dialogmembers", text, found: answer.memberships[key] == nil ? 0 : 1))
    }
    for key in statuses.sorted(by: { $0.id < $1.id }) {
      all.append(
        LookUp("messagestatuses", "of \(key.id), the newest", found: answer.statuses[key]?.count ?? 0))
    }
    for key in statusCounts.sorted(by: { $0.message.id < $1.message.id }) {
      let total = (answer.statusCounts[key] ?? []).reduce(0) { sum, count in
        let (total, isOver) = sum.addingReportingOverflow(count.count)
        return isOver ? .max : total
      }
      let text = "of \(key.message.id)" + (key.senderId.map { " but those of \($0)" } ?? "") + ", counted"
      all.append(LookUp("messagestatuses", text, found: total))
    }
    for key in newerMessages.sorted(by: { $0.dialog.id < $1.dialog.id }) {
      let place = key.messageId.map { "than \($0)" } ?? "than the time of the event"
      all.append(
        LookUp(
          "messages", "of \(key.dialog.id), newer \(place)", found: answer.newerMessages[key]?.total ?? 0))
    }
    return all
  }
}

extension ProfileNeeds {
  /// The look-ups that these needs are, in a fixed order.
  package func lookUps(_ answer: Profiles) -> [LookUp] {
    var all = users.sorted { $0.id < $1.id }.map {
      LookUp("users", $0.id.string, found: answer.users[$0] == nil ? 0 : 1)
    }
    all += metas.map { key in
      LookUp(
        "metas", "\(key.entity.rawValue) \(key.entityId)",
        found: answer.metas[key]?.reduce(0) { n, _ in n + 1 } ?? 0)
    }.sorted { $0.key < $1.key }
    all += membershipCounts.sorted { $0.id < $1.id }.map {
      LookUp("dialogmembers", "of \($0.id), counted", found: answer.membershipCounts[$0]?.dialogs ?? 0)
    }
    return all
  }
}
