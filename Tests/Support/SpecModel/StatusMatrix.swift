extension Plan {
  /// One `{userType, status, count}` for each pair in the status history of a message, without the records of
  /// the sender (§3.1).
  func statusMatrix(messageId: ExactString, senderId: ExactString?) -> JSON {
    let stored = state.message(messageId, tenant: event.tenantId)
    let sender = senderId ?? stored?["senderId"]?.string
    var cells: [Cell] = []
    for record in state.statuses(ofMessage: messageId, tenant: event.tenantId) {
      if let sender, record["userId"]?.string == sender { continue }
      let userType = record["userType"]?.string
      let status = record["status"]?.string
      let same = cells.firstIndex { $0.userType == userType && $0.status == status }
      if let same {
        cells[same].count += 1
      } else {
        cells.append(Cell(userType: userType, status: status, count: 1))
      }
    }
    return .array(cells.sorted { $0.precedes($1) }.map(\.json))
  }
}

/// One pair of the matrix.
private struct Cell {
  let userType: ExactString?
  let status: ExactString?
  var count: Int64

  func precedes(_ other: Cell) -> Bool {
    if userType != other.userType { return isBefore(userType, other.userType) }
    return isBefore(status, other.status)
  }

  /// Null first, then by bytes.
  private func isBefore(_ left: ExactString?, _ right: ExactString?) -> Bool {
    guard let right else { return false }
    guard let left else { return true }
    return left < right
  }

  var json: JSON {
    [
      "userType": userType.map { .string($0) } ?? .null,
      "status": status.map { .string($0) } ?? .null,
      "count": .integer(count),
    ]
  }
}
