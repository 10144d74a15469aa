import BSON

/// The `message` section of a message whose status or reactions changed (spec section 3.1).
struct ChangedMessageSection: SharedSection {
  static var section: Rule.Section { .message }

  let event: Event
  let message: LocatedMessage

  private var statusKey: StatusCountKey {
    StatusCountKey(
      message: EntityKey(tenantId: event.tenantId, id: message.id), senderId: message.knownSenderId)
  }

  func addNeeds(to needs: inout EventNeeds) {
    if event.type == .statusUpdate, event.carried("statusMessageMatrix") == nil {
      needs.statusCounts.insert(statusKey)
    }
  }

  func document(state: EventState, profiles: Profiles) throws(BadEvent) -> BSONDocument {
    var output = message.beginSection()
    message.appendFields(
      only: ["senderId", "type"], except: ["statusUpdate", "reactionUpdate", "statusMessageMatrix"],
      to: &output)
    appendChange(state: state, to: &output)
    return output.finish()
  }

  /// Appends `statusUpdate` with `statusMessageMatrix`, or `reactionUpdate`. What the event carries of the
  /// other kind stays as it is.
  private func appendChange(state: EventState, to output: inout BSONWriter) {
    let isStatus = event.type == .statusUpdate
    appendChange("statusUpdate", legacy: ("status", "newStatus", "oldStatus"), isOwn: isStatus, to: &output)
    if isStatus {
      if let matrix = event.carried("statusMessageMatrix") {
        output.append(matrix)
      } else {
        appendMatrix(state.statusCounts[statusKey] ?? [], to: &output)
      }
    } else if let matrix = event.message?["statusMessageMatrix"] {
      output.append(matrix)
    }
    appendChange(
      "reactionUpdate", legacy: ("reaction", "reaction", "oldReaction"), isOwn: !isStatus, to: &output)
  }

  private func appendChange(
    _ name: String, legacy: (field: String, new: String, old: String), isOwn: Bool,
    to output: inout BSONWriter
  ) {
    if let change = isOwn ? event.carried(name) : event.message?[name] {
      output.append(change)
    } else if isOwn, let userId = event.legacyUserId {
      output.open(name)
      output.append("userId", userId.string)
      output.append(legacy.field, valueOf: event.data[legacy.new])
      output.append(legacy.old, valueOf: event.data[legacy.old])
      output.close()
    } else if let null = event.message?[name] {
      output.append(null)
    }
  }

  /// Appends the counts sorted by the bytes of `userType`, then of `status`; null comes first.
  private func appendMatrix(_ counts: [StatusCount], to output: inout BSONWriter) {
    func bytes(_ text: String?) -> [UInt8] {
      guard let text else { return [0] }
      return [1] + Array(text.utf8)
    }
    typealias Entry = (type: [UInt8], status: [UInt8], count: StatusCount)
    let entries = counts.map { count -> Entry in (bytes(count.userType), bytes(count.status), count) }
    let sorted = entries.sorted { one, other in
      if one.type != other.type { return one.type.lexicographicallyPrecedes(other.type) }
      return one.status.lexicographicallyPrecedes(other.status)
    }
    output.open("statusMessageMatrix", as: .array)
    for (index, entry) in sorted.enumerated() {
      output.open(String(index))
      output.append("userType", entry.count.userType)
      output.append("status", entry.count.status)
      output.append("count", Int64(entry.count.count))
      output.close()
    }
    output.close()
  }
}
