extension TimelineGenerator {
  /// An earlier event again, unchanged or with only its identity.
  mutating func repeatedEventLine() -> String {
    guard !recentEvents.isEmpty else { return eventLine() }
    let earlier = pick(recentEvents)
    switch below(10) {
    case 0..<6:
      return line(earlier)
    case 6, 7:
      // The same identity with other contents: the stored update stays.
      var event = event()
      event["_id"] = earlier["_id"]
      event["eventId"] = earlier["eventId"]
      event["tenantId"] = earlier["tenantId"]
      return line(event)
    case 8:
      // The same identity in another spelling.
      var event = earlier
      if let hex = try? ObjectIdHex.identity(of: earlier) {
        event["_id"] = pick([.string(hex.text.uppercased()), ["$oid": .string(hex)]])
      }
      return line(event)
    default:
      // The same identity in another tenant is another event.
      var event = earlier
      event["tenantId"] = .string(pick(Universe.tenants))
      return line(event)
    }
  }
}
