import CommandHarness
import TestKit
import Foundation
import ReplayHarness
import SpecModel
import TestServers
import Testing

/// `replay` and `inspect` on real servers (spec section 10).
@Suite struct ServerCommandTests {
  private static let fixture = Repository.file("fixtures/support-chat.ndjson").path

  private func updates(_ command: Command, store: String) throws -> [JSON] {
    try command("inspect", "updates", "--store", store, "--limit", "0", "--json").lines.map {
      withoutVaryingFields(try JSON.parse($0))
    }
  }

  @Test func `§10 a replay to MongoDB and RabbitMQ stores, publishes and marks`() async throws {
    let command = try Command()
    let store = try await MongoServer.sharedURI()
    let broker = try await RabbitServer.shared().url()
    let file = try command.write("a.ndjson", Sample.timeline(events: 3))
    let result = try command("replay", file, "--store", store, "--apply-state", "--publish", broker)
    #expect(result.status == 0)
    #expect(result.errors.contains("updates         6 "))
    #expect(result.errors.contains("published       6\n"))
    #expect(try command("inspect", "updates", "--store", store, "--unpublished").output == "")
    let again = try command("replay", file, "--store", store, "--publish", broker)
    #expect(again.errors.contains("updates         0"))
    #expect(!again.errors.contains("published"), "published updates are not published again")
  }

  @Test func `§10 inspect shows the same for MongoDB as for SQLite`() async throws {
    let command = try Command()
    let store = try await MongoServer.sharedURI()
    _ = try command("replay", Self.fixture, "--store", store, "--apply-state")
    _ = try command("replay", Self.fixture)
    let (mongo, sqlite) = (
      try updates(command, store: store), try updates(command, store: "sqlite:chat3.sqlite")
    )
    #expect(differences(mongo, sqlite) == [])
    #expect(mongo.count == 39)
    let event = "6925a0010000000000000005"
    // A replay stores no copies of the events in MongoDB, as the API does.
    let line = try #require(
      try String(contentsOfFile: Self.fixture, encoding: .utf8).split(separator: "\n").first {
        $0.hasPrefix(#"{"_id": "\#(event)""#)
      })
    let copy = try command.write("copy.ndjson", #"{"upsert":{"events":[\#(line)]}}"#)
    #expect(try command("replay", copy, "--store", store, "--apply-state").status == 0)
    let events = try ["sqlite:chat3.sqlite", store].map {
      try command("inspect", "event", event, "--store", $0).output
    }
    #expect(events[0] == events[1])
    let body = try command.write("event.json", String(line))
    let explanations = try ["sqlite:chat3.sqlite", store].map {
      try command("inspect", "event", "--body", body, "--store", $0).output
    }
    #expect(explanations[0] == explanations[1] && explanations[0].contains("1 differs, 1 missing"))
    let tables = try ["sqlite:chat3.sqlite", store].map {
      // Everything except the time.
      try command("inspect", "updates", "--store", $0, "--user", "maria", "--type", "TypingUpdate").lines.map
      {
        String($0.dropFirst("2026-11-21 12:26:10.590".count))
      }
    }
    #expect(tables[0] == tables[1])
    #expect(tables[0].count == 2)
  }

  @Test func `§10 state lines reach MongoDB only with --apply-state`() async throws {
    let command = try Command()
    let store = try await MongoServer.sharedURI()
    let file = try command.write("a.ndjson", Sample.timeline(events: 1))
    #expect(try command("replay", file, "--store", store).errors.contains("updates         0"))
    #expect(
      try command("replay", file, "--store", store, "--apply-state").errors.contains("updates         2"))
  }

  @Test func `a server that is down ends a replay or an inspection with 69 and one sentence`() throws {
    let command = try Command()
    let file = try command.write("a.ndjson", Sample.timeline(events: 1))
    let port = try LoopbackPort.free()
    let uri = "mongodb://someone:secret@127.0.0.1:\(port)/chat3?serverSelectionTimeoutMS=300"
    for arguments in [["replay", file, "--store", uri], ["inspect", "updates", "--store", uri]] {
      let result = try command.run(Command.executable, arguments)
      #expect(result.status == 69)
      #expect(result.errors.hasPrefix("chat3-update-worker: "))
      #expect(!result.errors.contains("secret"))
      #expect(result.errors.split(separator: "\n").count == 1)
    }
    let broker = try command(
      "replay", file, "--store", "memory:", "--publish", "amqp://someone:secret@127.0.0.1:\(port)/")
    #expect(broker.status == 69)
    #expect(!broker.errors.contains("secret"))
  }
}
