import TestTraits
import BSON
import MongoStore
import Pipeline
import Testing
import Updates

@Suite("Statuses and newer messages (spec sections 3.1 and 6)", .bounded)
struct MessageTests {
  private static func status(_ message: String, _ user: String, _ status: String, at time: Double) -> String {
    #"""
    {"tenantId": "t", "messageId": "\#(message)", "userId": "\#(user)", "userType": "user", "status": "\#(status)",
     "createdAt": \#(time), "readAt": \#(time)}
    """#
  }

  @Test("statuses come newest first, then by userId")
  func statusOrder() async throws {
    try await withStore { store in
      try await store.insert(
        [
          Self.status("m", "b", "sent", at: 1), Self.status("m", "c", "read", at: 3.5),
          Self.status("m", "a", "read", at: 3.5), Self.status("n", "a", "sent", at: 9),
        ], into: .messagestatuses)
      let found = try await store.statuses(
        [EntityKey("t", "m"), EntityKey("t", "n"), EntityKey("u", "m")], limit: 100)
      #expect(found[EntityKey("t", "m")]?.compactMap { $0["userId"]?.string } == ["a", "c", "b"])
      #expect(found[EntityKey("t", "m")]?.first?["readAt"]?.number == 3.5)
      #expect(found[EntityKey("t", "n")]?.count == 1 && found[EntityKey("u", "m")] == nil)
    }
  }

  @Test("the newest statuses of a long history are returned, for one message or several")
  func statusLimit() async throws {
    try await withStore { store in
      let histories = ["m", "n"].flatMap { id in
        (0..<250).map { Self.status(id, "u\($0)", "read", at: Double(($0 * 37) % 250)) }
      }
      try await store.insert(histories, into: .messagestatuses)
      let newest = (150..<250).reversed().map(Double.init)
      for asked in [["m"], ["m", "n"], ["m", "none"]] {
        let found = try await store.statuses(Set(asked.map { EntityKey("t", $0) }), limit: 100)
        let times = try unwrap(found[EntityKey("t", "m")]).compactMap { $0["createdAt"]?.number }
        #expect(times == newest)
      }
    }
  }

  @Test("the matrix counts all history records but the sender's, with absent types first")
  func statusCounts() async throws {
    try await withStore { store in
      try await store.insert(
        [
          Self.status("m", "a", "read", at: 1), Self.status("m", "a", "read", at: 2),
          Self.status("m", "s", "read", at: 3), Self.status("m", "b", "delivered", at: 4),
          #"{"tenantId": "t", "messageId": "m", "userId": "c", "status": "read"}"#,
          #"{"tenantId": "u", "messageId": "m", "userId": "c", "status": "read"}"#,
        ], into: .messagestatuses)
      let message = EntityKey("t", "m")
      let (all, others) = (
        StatusCountKey(message: message, senderId: nil),
        StatusCountKey(message: message, senderId: Identifier("s"))
      )
      let found = try await store.statusCounts([all, others])
      #expect(
        found[others] == [
          StatusCount(userType: nil, status: "read", count: 1),
          StatusCount(userType: "user", status: "delivered", count: 1),
          StatusCount(userType: "user", status: "read", count: 2),
        ])
      #expect(found[all]?.last?.count == 3)
    }
  }

  @Test("newer is a greater createdAt, then a greater messageId; counted for each sender")
  func newerMessages() async throws {
    try await withStore { store in
      func message(_ id: String, _ dialog: String, _ sender: String?, _ time: Double) -> String {
        let sender = sender.map { #", "senderId": "\#($0)""# } ?? ""
        return
          #"{"tenantId": "t", "messageId": "\#(id)", "dialogId": "\#(dialog)", "createdAt": \#(time)\#(sender)}"#
      }
      try await store.insert(
        [
          message("m1", "d", "a", 1000.5), message("m2", "d", "b", 1000.5), message("m3", "d", "a", 1000.5),
          message("m4", "d", nil, 2000), message("m5", "d", "b", 3000.25), message("x", "e", "b", 5000),
        ], into: .messages)
      func position(_ dialog: String, _ time: Double, _ id: String?) -> MessagePosition {
        MessagePosition(
          dialog: EntityKey("t", dialog), createdAt: .double(time), messageId: id.map { Identifier($0) })
      }
      let positions = [
        position("d", 1000.5, "m1"), position("d", 1000.5, "m3"), position("d", 1000.5, nil),
        position("d", 3000.25, "m5"), position("e", 0, nil), position("none", 0, nil),
      ]
      let found = try await store.newerMessages(Set(positions))
      func senders(_ position: MessagePosition) -> [String: Int]? {
        found[position].map {
          Dictionary(uniqueKeysWithValues: $0.bySender.map { ($0.key.string, $0.value) })
        }
      }
      #expect(positions.map { found[$0]?.total ?? 0 } == [4, 2, 2, 0, 1, 0])
      #expect(senders(positions[0]) == ["a": 1, "b": 2])
      #expect(senders(positions[1]) == ["b": 1])
      #expect(senders(positions[4]) == ["b": 1])
      let alone = try await store.newerMessages([positions[0]])
      #expect(alone[positions[0]] == found[positions[0]])
    }
  }
}
