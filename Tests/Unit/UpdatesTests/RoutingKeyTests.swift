import Testing
import Updates

@Suite struct RoutingKeyTests {
  @Test(arguments: [
    (UpdateType.dialog, "update.dialog.bot.u.dialogupdate"),
    (.dialogMember, "update.dialog.bot.u.dialogmemberupdate"),
    (.message, "update.dialog.bot.u.messageupdate"),
    (.typing, "update.dialog.bot.u.typingupdate"),
    (.user, "update.user.bot.u.userupdate"),
    (.userStats, "update.user.bot.u.userstatsupdate"),
  ])
  func `§5 the routing key is update, category, userType, userId and type`(type: UpdateType, key: String) {
    #expect(type.routingKey(userType: "bot", userId: Identifier("u")) == key)
  }

  @Test func `§5 the last word is the update type in lower case`() {
    for type in UpdateType.allCases { #expect(type.routingName == type.rawValue.lowercased()) }
  }

  @Test func `§5 dots, stars and hashes of ids and types are kept as they are`() {
    let key = UpdateType.user.routingKey(userType: "a.b", userId: Identifier("*.é#"))
    #expect(Array(key.utf8) == Array("update.user.a.b.*.é#.userupdate".utf8))
  }
}
