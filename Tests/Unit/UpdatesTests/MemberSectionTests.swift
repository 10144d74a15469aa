import BSON
import Testing

@testable import Updates

@Suite struct MemberSectionTests {
  private func section(
    record: String? = nil, meta: String = "{}", event: String? = nil, isRemoval: Bool = false
  ) throws -> String {
    let made = MemberSection(
      userId: id("u"), record: try record.map(document), meta: try document(meta),
      event: try event.map(document), isRemoval: isRemoval)
    return text(made.document())
  }

  @Test func `§3.1 what nobody knows is null, and isActive is true`() throws {
    #expect(
      try section() == #"""
        {"userId":"u","meta":{},\#
        "state":{"unreadCount":null,"lastSeenAt":null,"lastMessageAt":null,"isActive":true}}
        """#)
  }

  @Test func `§3.1 of the stored record the four fields of the state are shown`() throws {
    let record = #"{"userId":"u","unreadCount":3,"lastSeenAt":1.5,"lastMessageAt":2,"role":"x"}"#
    #expect(
      try section(record: record, meta: #"{"colour":"red"}"#) == #"""
        {"userId":"u","meta":{"colour":"red"},\#
        "state":{"unreadCount":3,"lastSeenAt":1.5,"lastMessageAt":2,"isActive":true}}
        """#)
  }

  @Test func `§3.1 the event's fields win one by one, and its null counts as silent`() throws {
    let made = try section(
      record: #"{"unreadCount":3,"lastSeenAt":1,"lastMessageAt":2}"#,
      meta: #"{"a":1,"b":2,"c":3}"#,
      event: #"""
        {"role":"x","state":{"unreadCount":0,"lastSeenAt":null,"muted":null},"userId":"u",\#
        "meta":{"b":20,"c":null,"d":4,"e":null},"none":null}
        """#)
    #expect(
      made == #"""
        {"userId":"u","meta":{"a":1,"c":3,"b":20,"d":4,"e":null},\#
        "state":{"unreadCount":0,"lastSeenAt":1,"lastMessageAt":2,"isActive":true,"muted":null},\#
        "role":"x","none":null}
        """#)
  }

  @Test(
    arguments: [
      (nil, nil, true), (nil, "false", false), (nil, "true", true), (nil, "null", true), (nil, "0", true),
      ("true", "false", true), ("false", "true", false), ("false", nil, false), ("null", "false", false),
      ("0", "true", true), ("0", "false", false),
    ] as [(String?, String?, Bool)])
  func `§3.1 isActive is the event's boolean, else the record's, else true`(
    event: String?, record: String?, isActive: Bool
  ) throws {
    func state(isRemoval: Bool) throws -> BSONElement? {
      let made = try section(
        record: record.map { #"{"isActive":\#($0)}"# },
        event: event.map { #"{"state":{"isActive":\#($0)}}"# }, isRemoval: isRemoval)
      return try document(made).document("state")?["isActive"]
    }
    #expect(try state(isRemoval: false)?.bool == isActive)
    #expect(try state(isRemoval: true)?.bool == false)
  }

  @Test func `§3 the own membership is each recipient's, and the event's member counts for its user`() throws
  {
    var found = Found()
    found.profiles.metas[MetaKey(memberKey("bob", of: "d"))] = try document(#"{"nick":"B"}"#)
    let made = try plan(
      .dialogUpdate,
      #"{"dialog":{"dialogId":"d"},"member":{"userId":"ann","state":{"unreadCount":9},"role":"x"}}"#,
      found: found)
    let members = try ["ann", "bob"].map {
      Member(userId: id($0), record: try document(#"{"unreadCount":1}"#))
    }
    let updates = made.updates(for: made.resolved.recipients.among(members), profiles: found.profiles)
    #expect(
      updates.map { $0.member.map(text) } == [
        #"""
        {"userId":"ann","meta":{},\#
        "state":{"unreadCount":9,"lastSeenAt":null,"lastMessageAt":null,"isActive":true},"role":"x"}
        """#,
        #"""
        {"userId":"bob","meta":{"nick":"B"},\#
        "state":{"unreadCount":1,"lastSeenAt":null,"lastMessageAt":null,"isActive":true}}
        """#,
      ])
  }

  @Test func `§3 the member an event is about is the same for every recipient`() throws {
    var found = Found()
    let sub = memberKey("sub", of: "d")
    found.state.memberships[sub] = try document(#"{"unreadCount":2,"isActive":true}"#)
    found.profiles.metas[MetaKey(sub)] = try document(#"{"nick":"S"}"#)
    for (type, isActive) in [(EventType.memberAdd, true), (.memberRemove, false), (.memberUpdate, true)] {
      let made = try plan(type, plainData(type), found: found)
      #expect(
        try made.section("member") == #"""
          {"userId":"sub","meta":{"nick":"S"},\#
          "state":{"unreadCount":2,"lastSeenAt":null,"lastMessageAt":null,"isActive":\#(isActive)}}
          """#)
      let other = made.resolved.recipients.among([Member(userId: id("ann"), record: .empty)])
      #expect(made.updates(for: other, profiles: found.profiles).map { $0.member == nil } == [true])
    }
  }
}
