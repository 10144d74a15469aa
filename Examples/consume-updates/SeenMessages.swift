/// The ids of the latest messages. An update that arrives again does so soon: after a lost connection, or from a
/// sweep some minutes later.
struct SeenMessages {
  private static let size = 10_000

  private var ids: Set<String> = []
  /// The ids in the order in which they came, as a ring.
  private var order: [String] = []
  private var oldest = 0

  /// Whether this message was not seen before; it is remembered.
  mutating func isNew(_ id: String) -> Bool {
    guard ids.insert(id).inserted else { return false }
    if order.count < Self.size {
      order.append(id)
    } else {
      ids.remove(order[oldest])
      order[oldest] = id
      oldest = (oldest + 1) % Self.size
    }
    return true
  }
}
