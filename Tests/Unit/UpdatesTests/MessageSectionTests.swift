import BSON
import Testing

@testable import Updates

@Suite struct MessageSectionTests {
  /// The section for an event in the dialog `d`.
  private func section(
    _ type: EventType, _ message: String, _ legacy: String = #""x":1"#, stored: String? = nil,
    found: Found = Found()
  ) throws -> String {
    let data = #"{"dialog":{"dialogId":"d"},"context":{"messageId":"m"},"message":\#(message),\#(legacy)}"#
    return try plan(type, data, stored: stored, found: found).section("message")
  }

  private func foundMessage() throws -> Found {
    var found = Found()
    found.profiles.metas[metaKey(.message, "m")] = try document(#"{"a":1,"updated":"x"}"#)
    found.profiles.metas[metaKey(.user, "Sam")] = try document(#"{"b":2}"#)
    found.profiles.users[key("sam")] = try document(
      #"{"userId":"sam","name":"S","createdAt":5,"type":"bot"}"#)
    found.state.statuses[key("m")] = [
      try document(#"{"_id":1,"userId":"u","status":"read","createdAt":2,"readAt":3,"deliveredAt":null}"#),
      try document(#"{"userId":"v"}"#),
    ]
    return found
  }

  private let completions = #"""
    "statuses":[{"userId":"u","status":"read","createdAt":2,"readAt":3},\#
    {"userId":"v","status":null,"createdAt":null}],\#
    "senderInfo":{"userId":"Sam","name":"S","createdAt":5,"meta":{"b":2}}
    """#

  @Test func `§3.1 what the event says stays, completed by meta, statuses and senderInfo`() throws {
    let own = #"{"content":"hi","messageId":"m","senderId":"Sam","statuses":null}"#
    #expect(
      try section(.messageCreate, own, found: foundMessage()) == #"""
        {"messageId":"m","dialogId":"d","content":"hi","senderId":"Sam",\#
        "meta":{"a":1,"updated":"x"},\#(completions)}
        """#)
    #expect(
      try section(.messageUpdate, own, found: foundMessage()) == #"""
        {"messageId":"m","dialogId":"d","content":"hi","senderId":"Sam",\#
        "meta":{"a":1,"updated":true},\#(completions)}
        """#)
  }

  @Test func `§3.1 the event's own meta, statuses and senderInfo are not touched`() throws {
    let own = #"{"messageId":"m","senderId":"Sam","meta":{"z":1},"statuses":[5],"senderInfo":"x"}"#
    #expect(
      try section(.messageCreate, own, found: foundMessage()) == #"""
        {"messageId":"m","dialogId":"d","senderId":"Sam","meta":{"z":1},"statuses":[5],"senderInfo":"x"}
        """#)
  }

  @Test(arguments: ["{}", "null"])
  func `§3.1 of a message nobody knows anything about, the completions are empty`(message: String) throws {
    #expect(
      try section(.messageCreate, message, stored: #"{"dialogId":"d"}"#)
        == #"{"messageId":"m","dialogId":"d","meta":{},"statuses":[],"senderInfo":null}"#)
  }

  @Test func `§3.1 a sender with metas but no record has null name and createdAt`() throws {
    var found = try foundMessage()
    found.profiles.users = [:]
    #expect(
      try section(
        .messageCreate, #"{"messageId":"m","senderId":"Sam","meta":{},"statuses":[]}"#, found: found)
          == #"""
          {"messageId":"m","dialogId":"d","senderId":"Sam","meta":{},"statuses":[],\#
          "senderInfo":{"userId":"Sam","name":null,"createdAt":null,"meta":{"b":2}}}
          """#)
  }

  @Test func `§3.1 a message that is loaded has its stored fields, the event's own winning`() throws {
    let stored = #"""
      {"_id":1,"__v":0,"tenantId":"t","messageId":"m","dialogId":"d","senderId":"Sam","type":"text",\#
      "content":"old","createdAt":7,"meta":"stale"}
      """#
    #expect(
      try section(
        .messageUpdate, #"{"content":"new","senderId":null,"type":null}"#, stored: stored,
        found: foundMessage()) == #"""
          {"messageId":"m","dialogId":"d","content":"new","type":null,"senderId":"Sam","createdAt":7,\#
          "meta":{"a":1,"updated":true},\#(completions)}
          """#)
  }

  @Test func `§3.1 for a status or reaction of a loaded message only its ids and type are shown`() throws {
    let stored = #"{"messageId":"m","dialogId":"d","senderId":"Sam","type":"text","content":"secret"}"#
    #expect(
      try section(.reactionUpdate, "null", stored: stored)
        == #"{"messageId":"m","dialogId":"d","senderId":"Sam","type":"text"}"#)
  }

  @Test(arguments: [
    (
      EventType.statusUpdate, #""userId":"u","newStatus":"read","oldStatus":"sent""#,
      #""statusUpdate":{"userId":"u","status":"read","oldStatus":"sent"},"statusMessageMatrix":[]"#
    ),
    (
      .statusUpdate, #""userId":"u""#,
      #""statusUpdate":{"userId":"u","status":null,"oldStatus":null},"statusMessageMatrix":[]"#
    ),
    (.statusUpdate, #""newStatus":"read""#, #""statusMessageMatrix":[]"#),
    (
      .statusUpdate, #""statusUpdate":{"s":1},"statusMessageMatrix":[7],"userId":"u""#,
      #""statusUpdate":{"s":1},"statusMessageMatrix":[7]"#
    ),
    (
      .reactionUpdate, #""userId":"u","reaction":"+","oldReaction":null"#,
      #""reactionUpdate":{"userId":"u","reaction":"+","oldReaction":null}"#
    ),
    (.reactionUpdate, #""reactionUpdate":{"r":1},"userId":"u""#, #""reactionUpdate":{"r":1}"#),
  ])
  func `§3.1 the change is the message's, else directly under data, else the legacy fields`(
    type: EventType, legacy: String, expected: String
  ) throws {
    #expect(
      try section(type, #"{"messageId":"m","senderId":"s"}"#, legacy)
        == #"{"messageId":"m","dialogId":"d","senderId":"s",\#(expected)}"#)
    let own = #""statusUpdate":{"own":1},"statusMessageMatrix":[8],"reactionUpdate":{"own":2}"#
    #expect(
      try section(type, #"{"messageId":"m","senderId":"s",\#(own)}"#, legacy)
        == #"{"messageId":"m","dialogId":"d","senderId":"s",\#(own)}"#)
  }

  @Test func `§3.1 the matrix is sorted by userType, null first, then by status`() throws {
    var found = Found()
    let counted: [(String?, String?, Int)] = [
      ("user", "read", 1), ("bot", "sent", 2), (nil, "sent", 3), ("user", "delivered", 4), ("", "x", 5),
      (nil, nil, 6), ("\u{FFFF}", "x", 7), ("\u{10000}", "x", 8),
    ]
    found.state.statusCounts[StatusCountKey(message: key("m"), senderId: id("s"))] = counted.map {
      StatusCount(userType: $0, status: $1, count: $2)
    }
    let made = try document(section(.statusUpdate, #"{"messageId":"m","senderId":"s"}"#, found: found))
    let matrix = try #require(made["statusMessageMatrix"]?.array)
    #expect(matrix.compactMap { $0.document?["count"]?.integer } == [6, 3, 5, 2, 4, 1, 7, 8])
    #expect(matrix["0"]?.document.map(text) == #"{"userType":null,"status":null,"count":6}"#)
  }
}
