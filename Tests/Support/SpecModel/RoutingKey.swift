extension Plan {
  /// `update.{category}.{userType}.{userId}.{updatetype}` (§5).
  func routingKey(userId: ExactString, updateType: String) -> ExactString {
    let category = ["UserUpdate", "UserStatsUpdate"].contains(updateType) ? "user" : "dialog"
    let parts = [
      "update", category, userType(of: userId), userId.text, updateType.lowercased(),
    ]
    return ExactString(parts.joined(separator: "."))
  }

  /// The recipient's type in the routing key (§5).
  private func userType(of userId: ExactString) -> String {
    if let record = state.user(userId, tenant: event.tenantId) {
      return recordedType(record)
    }
    if event.type.isUserEvent, let type = event.section("user")?["type"]?.string,
      !type.text.isEmpty
    {
      return type.text
    }
    return "user"
  }

  /// The `type` of a users record, or `user` if that is empty or not a string.
  func recordedType(_ record: Fields) -> String {
    guard let type = record["type"]?.string, !type.text.isEmpty else { return "user" }
    return type.text
  }
}
