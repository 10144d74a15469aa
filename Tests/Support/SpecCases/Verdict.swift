import SpecModel

extension SpecCase {
  /// What is wrong with the stored updates, in words.
  package func complaints(aboutStored updates: [ObservedUpdate]) -> [String] {
    var complaints: [String] = []
    let (actual, wanted) = (groups(of: updates), groups)
    if actual.map(\.name) != wanted.map(\.name) {
      complaints.append("updates in the order \(actual.map(\.name)), expected \(wanted.map(\.name))")
    }
    for group in wanted {
      guard let updates = actual.first(where: { $0.name == group.name })?.updates else { continue }
      let (got, due) = (updates.map(\.userId).sorted(), group.recipients.sorted())
      if got != due { complaints.append("\(group.name) for \(got), expected for \(due)") }
    }
    complaints += updates.flatMap(shapeComplaints)
    for expectation in expected {
      for update in updates where expectation.isAbout(update) {
        complaints += expectation.complaints(about: update)
      }
    }
    return complaints
  }

  /// What is wrong with the published messages. They are not compared with the stored updates.
  package func complaints(aboutPublished messages: [ObservedUpdate]) -> [String] {
    var complaints: [String] = []
    for expectation in expected {
      for message in messages where expectation.isAbout(message) {
        for member in expectation.body where !message.writes(member) {
          complaints.append("the body for \(message.userId) does not say \(member): \(message.text)")
        }
      }
    }
    return complaints
  }

  /// What is wrong with the reported bad lines.
  package func complaints(aboutBadLines reported: [(line: Int, reason: String)]) -> [String] {
    var complaints: [String] = []
    if reported.map(\.line) != badLines.map(\.line) {
      complaints.append("bad lines \(reported), expected \(badLines)")
    }
    for (line, words) in badLines {
      guard let reason = reported.first(where: { $0.line == line })?.reason.lowercased() else { continue }
      for word in words where !reason.contains(word.lowercased()) {
        complaints.append("line \(line): \(reason): does not say \(word)")
      }
    }
    return complaints
  }

  /// The expected groups, in order.
  private var groups: [(name: String, recipients: [ExactString])] {
    var groups: [(name: String, recipients: [ExactString])] = []
    for expectation in expected {
      let recipients = expectation.recipients.map { ExactString($0) }
      if groups.last?.name == expectation.group {
        groups[groups.count - 1].recipients += recipients
      } else {
        groups.append((expectation.group, recipients))
      }
    }
    return groups
  }

  private func groups(of updates: [ObservedUpdate]) -> [(name: String, updates: [ObservedUpdate])] {
    var groups: [(name: String, updates: [ObservedUpdate])] = []
    for update in updates {
      if groups.last?.name == update.group {
        groups[groups.count - 1].updates.append(update)
      } else {
        groups.append((update.group, [update]))
      }
    }
    return groups
  }

  /// What holds for every update of any case (spec sections 3.1, 4 and 5).
  private func shapeComplaints(about update: ObservedUpdate) -> [String] {
    let always: Set<ExactString> = [
      "_id", "tenantId", "userId", "entityId", "eventId", "eventType", "data", "routingKey", "published",
      "publishedAt", "createdAt",
    ]
    let names = Set(update.fields.object?.keys.map { $0 } ?? [])
    var complaints: [String] = []
    if names != always { complaints.append("an update has the fields \(names.sorted())") }
    if update.fields["createdAt"]?.number == nil { complaints.append("createdAt is no number") }
    let category = update.type.hasPrefix("user") ? "user" : "dialog"
    if !update.routingKey.hasPrefix("update.\(category).")
      || !update.routingKey.contains(".\(update.userId).")
    {
      complaints.append("the routing key \(update.routingKey) for \(update.userId)")
    }
    let isStatistics = update.type == "userstatsupdate"
    if isStatistics != (update.fields["eventType"] == "user.stats.update") {
      complaints.append("the eventType of a \(update.type): \(update.fields["eventType"]?.text ?? "none")")
    }
    guard let data = update.fields["data"]?.object else { return complaints + ["data is no object"] }
    let order: [ExactString] = ["dialog", "member", "message", "typing", "user"]
    var sections = order.filter { data[$0] != nil }
    if Set(data.keys) != Set(sections + ["context"]) { complaints.append("data has \(data.keys.sorted())") }
    for change: ExactString in ["statusUpdate", "reactionUpdate"] {
      if let value = data["message"]?[change], value != .null { sections.append(change) }
    }
    if data["context"]?["includedSections"] != .array(sections.map { .string($0.text) }) {
      complaints.append("includedSections is \(data["context"]?["includedSections"]?.text ?? "absent")")
    }
    return complaints
  }
}

extension ObservedUpdate {
  fileprivate var group: String { "\(eventId) \(type)" }
}

extension Expectation {
  fileprivate var group: String { "\(eventId) \(updateType.lowercased())" }

  fileprivate func isAbout(_ update: ObservedUpdate) -> Bool {
    update.group == group && recipients.contains { ExactString($0) == update.userId }
  }

  fileprivate func complaints(about update: ObservedUpdate) -> [String] {
    var complaints: [String] = []
    for (path, wanted) in has.sorted(by: { $0.key < $1.key }) {
      let value = update.value(at: path)
      if !(value?.sameValue(as: wanted) ?? false) {
        complaints.append(
          "\(updateType) for \(update.userId): \(path) is \(value?.text ?? "absent"), expected \(wanted.text)"
        )
      }
    }
    for path in lacks {
      if let value = update.value(at: path) {
        complaints.append(
          "\(updateType) for \(update.userId): \(path) is \(value.text), expected to be absent")
      }
    }
    return complaints
  }
}
