extension Plan {
  /// The newest 100 status records of a message, newest first, then by userId.
  func statuses(ofMessage messageId: ExactString) -> [JSON] {
    let history = state.statuses(ofMessage: messageId, tenant: event.tenantId)
    let positioned = history.enumerated().sorted { left, right in
      if let order = precedes(left.element, right.element) { return order }
      return left.offset < right.offset
    }
    return positioned.prefix(100).map { .object(shown($0.element)) }
  }

  /// Whether the first comes before the second; `nil` if the spec does not say.
  private func precedes(_ left: Fields, _ right: Fields) -> Bool? {
    switch (left["createdAt"]?.number, right["createdAt"]?.number) {
    case (let a?, let b?) where a != b: return a > b
    case (_?, nil): return true
    case (nil, _?): return false
    default: break
    }
    guard let a = left["userId"]?.string, let b = right["userId"]?.string, a != b else {
      return nil
    }
    return a < b
  }

  private func shown(_ record: Fields) -> Fields {
    var status: Fields = [:]
    for key: ExactString in ["userId", "status", "createdAt"] {
      status[key] = record[key] ?? .null
    }
    for key: ExactString in ["readAt", "deliveredAt"] {
      status[key] = record.present(key)
    }
    return status
  }
}
