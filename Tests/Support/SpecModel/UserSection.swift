extension Plan {
  /// The `user` section of a `user.*` event (§3.1) and its id.
  func userSection() throws(BadLine) -> (userId: ExactString, section: Fields) {
    guard var user = event.section("user") else { throw BadLine("no user") }
    let userId: ExactString
    if let given = try user.id("userId") {
      userId = given
    } else if let entityId = try event.entityId() {
      userId = entityId
    } else {
      throw BadLine("no user.userId")
    }
    user["userId"] = .string(userId)
    user["meta"] = .object(user.section("meta") ?? [:])
    return (userId, user)
  }
}
