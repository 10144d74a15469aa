import BSON
import Testing

@testable import Updates

@Suite struct UpdateIdentityTests {
  private func made(
    _ tenantId: String, _ eventId: String, _ userId: String, _ type: UpdateType
  ) throws -> ObjectId {
    UpdateIdentity.id(
      tenantId: id(tenantId), eventId: try #require(ObjectId(eventId)), userId: id(userId), type: type)
  }

  /// Computed by another program. Stored updates have such ids: they must never change.
  @Test func `§4 the same tenant, event, recipient and type always make these ids`() throws {
    #expect(try made("t", identity, "alice", .message).description == "691db55968c4671d20b98918")
    #expect(try made("tenant", identity, "é", .userStats).description == "691db5d71b482398454ea3e8")
  }

  @Test func `§4 a different tenant, event, recipient or type makes a different id`() throws {
    let other = "691db5c90000000000000002"
    let quadruples = ["t", "u"].flatMap { tenant in
      [identity, other].flatMap { event in
        ["t", "u", "U", "é", "e\u{301}"].flatMap { user in
          UpdateType.allCases.map { (tenant, event, user, $0) }
        }
      }
    }
    let ids = try Set(quadruples.map { try made($0, $1, $2, $3) })
    #expect(ids.count == quadruples.count)
  }

  @Test func `§4 what ends one id and begins the next is not mistaken`() throws {
    // The texts run together are the same: the event's 12 bytes are letters here.
    let letters = "616161616161616161616161"
    #expect(try made("aa", letters, "a", .dialog) != made("a", letters, "aa", .dialog))
    #expect(try made("t", letters, "u", .user) != made("t", letters, "uU", .user))
    // The length is part of the input, so that an id that looks like one changes nothing.
    #expect(try made("t", letters, "u\u{0}\u{0}\u{0}\u{A}", .user) != made("t", letters, "u", .user))
  }

  @Test func `updates of one event share the leading bytes of its identity`() throws {
    for type in UpdateType.allCases {
      #expect(try made("t", identity, "alice", type).bytes.prefix(3) == [0x69, 0x1D, 0xB5])
    }
  }

  @Test func `§4 the id of an update does not depend on the state`() throws {
    let recipients = [Member(userId: id("ann"), record: .empty)]
    func updateId(_ found: Found, _ data: String) throws -> ObjectId? {
      let made = try plan(.dialogUpdate, data, found: found)
      return made.updates(for: made.resolved.recipients.among(recipients), profiles: found.profiles).first?.id
    }
    var found = Found()
    found.profiles.users[key("ann")] = try document(#"{"type":"bot"}"#)
    let expected = try made("t", identity, "ann", .dialog)
    #expect(try updateId(Found(), plainData(.dialogUpdate)) == expected)
    #expect(try updateId(found, #"{"dialog":{"dialogId":"other","name":"x"}}"#) == expected)
  }
}
