import BSON
import FaultInjection
import Foundation
import LiveHarness
import Pipeline
import RabbitBroker
import TestServers
import TestTraits
import Testing
import Updates

/// The inspector beside MongoDB and RabbitMQ, while a worker works.
@Suite(.bounded) struct WebTests {
  /// Has a worker handle events.
  private func handle(_ traffic: Traffic, _ events: Range<Int>, in installation: Installation) async throws {
    let worker = try WorkerInProcess(installation)
    try installation.client().publish(
      traffic.events(from: events.lowerBound, count: events.count), to: installation.topology.eventsExchange,
      "dialog.update.t")
    try await worker.hasHandled(events.count)
    try await worker.stop()
  }

  private static func ids(of updates: [BSONDocument]) -> Set<String> {
    Set(updates.compactMap { $0["_id"]?.string })
  }

  /// An update that was stored and not published.
  ///
  /// - Parameter digit: All digits of its `_id`.
  static func unpublished(for user: String, id digit: String = "a") throws -> StoredUpdate {
    let id = String(repeating: digit, count: 24)
    let message =
      #"{"_id":"\#(id)","tenantId":"t","userId":"\#(user)","entityId":"d","eventId":"\#(id)","#
      + #""eventType":"dialog.update","data":{"dialog":{"dialogId":"d","name":"secret"}},"published":false,"#
      + #""publishedAt":null,"createdAt":\#(Date().timeIntervalSince1970 * 1000)}"#
    return try #require(
      StoredUpdate(message: Array(message.utf8), routingKey: "update.dialog.user.\(user).dialogupdate"))
  }

  @Test func `every page and its JSON tell of what a worker has stored in MongoDB`() async throws {
    try await withInstallation { installation in
      let traffic = Traffic(events: 4, members: 2)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      try await handle(traffic, 0..<4, in: installation)
      let web = try await WebProcess(installation)
      let found = try web.json("/updates?user=member1&limit=3")
      let ids = found["updates"]?.array?.compactMap { $0.document?["_id"]?.string } ?? []
      #expect(ids.count == 3 && found["next"]?.string != nil)
      try #require(ids.count == 3)
      for (path, words) in [
        ("/", "Events and updates per"), ("/updates?q=user%3Amember1", "member1"),
        ("/update?id=\(ids[0])", "data"),
        ("/compare?a=\(ids[0])&b=\(ids[1])", "eventId"), ("/event?tenant=t&id=\(Traffic.id(0))", "member2"),
        ("/user?tenant=t&id=member1", "update.*.user.member1.*"), ("/dialog?tenant=t&id=d", "member2"),
        ("/dead-letters", "There are no dead letters"), ("/live", "as they are published"),
      ] {
        let page = try web.get(path)
        #expect(page.status == 200 && page.body.contains(words), "\(path): \(page.status)")
        guard path != "/live" else { continue }
        _ = try web.json(path == "/" ? "/overview" : path)
      }
      let overview = try web.get("/api/v1/overview").body
      #expect(overview.contains("\"deadLetters\":0"), "\(overview)")
      #expect(try await web.process.terminate() == .exited(0), "\(web.process.errors)")
    }
  }

  @Test
  func `the live stream has what a worker stores and publishes, masked, and takes nothing from anybody`()
    async throws
  {
    try await withInstallation { installation in
      let traffic = Traffic(events: 20, members: 3)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let client = try installation.client()
      let web = try await WebProcess(installation, "--mask", "data.dialog.name")
      let (all, one) = (try web.live(), try web.live("?q=user%3Amember2"))
      try await all.awaits(published: true)
      try await one.awaits(published: true)
      // An update that nobody publishes is only stored.
      let lone = try Self.unpublished(for: "member2")
      try installation.database.run(lone.insertion)
      try await handle(traffic, 0..<20, in: installation)
      for (viewer, due) in [(all, 61), (one, 21)] {
        // Each comes when it is stored, when it is published, or only then.
        let events = try await viewer.events {
          Self.ids(of: $0.updates).count == due
            && Self.ids(of: $0.updates.filter { $0["published"]?.bool == true }).count == due - 1
        }
        #expect(events.updates.contains { $0["_id"]?.string == lone.id.description })
        for update in events.updates {
          #expect(
            update.document("data")?.document("dialog")?["name"]?.string?.allSatisfy { $0 == "•" } == true)
        }
      }
      #expect(try client.count(installation.tap) == traffic.due.count)
      #expect(try client.count(installation.topology.queue) == 0)
    }
  }

  @Test func `dead letters are read, tried, sent back and removed by content`() async throws {
    try await withInstallation { installation in
      let (client, topology) = (try installation.client(), installation.topology)
      let web = try await WebProcess(installation, "--allow-actions", "--mask", "data.message.content")
      let early =
        #"{"_id":"650000000000000000000001","tenantId":"t","eventType":"message.update","entityType":"message","#
        + #""entityId":"m","data":{"message":{"messageId":"m","content":"secret"}}}"#
      let worker = try WorkerInProcess(installation)
      try client.publish([early, "secret", #"{"data":"secret"}"#], to: topology.eventsExchange, "e")
      try await until("all are buried") { try client.count(topology.deadLetterQueue) == 3 }
      try await worker.stop()
      let count = try web.get("/dead-letters")
      #expect(count.body.contains("There are 3 dead letters"))
      let letters = try web.json("/dead-letters?read=1")["letters"]?.array?.compactMap(\.document) ?? []
      try #require(letters.count == 3)
      #expect(letters.allSatisfy { $0["body"]?.string?.contains("secret") == false })
      #expect(letters[0]["body"]?.string?.contains("650000000000000000000001") == true)
      #expect(letters[2]["now"]?.string?.hasPrefix("It would fail again: ") == true)
      try await until("they are back in their places") { try client.count(topology.deadLetterQueue) == 3 }

      let digests = try letters.map { try #require($0["digest"]?.string) }
      let back = try web.post("/api/v1/dead-letters", "action=requeue&letter=\(digests[0])")
      #expect(back.status == 200 && back.body.contains("\"count\":1"), "\(back.body)")
      try await until("two are left") { try client.count(topology.deadLetterQueue) == 2 }
      #expect(try client.drain(topology.queue).map(\.body) == [Array(early.utf8)])
      let gone = try web.post("/dead-letters", "action=drop&letter=\(digests[2])&letter=\(digests[0])")
      #expect(gone.status == 303)
      try await until("one is left") { try client.count(topology.deadLetterQueue) == 1 }
      #expect(try client.drain(topology.deadLetterQueue).map(\.body) == [Array("secret".utf8)])
      let told = try web.get(try #require(gone.fields["location"]))
      #expect(told.body.contains("Removed 1 dead letter.") && !told.body.contains("secret"))
      for (action, done) in [("requeue", "sent 1 dead letter back"), ("drop", "removed 1 dead letter")] {
        #expect(web.process.errors.contains("\(action) by 127.0.0.1 (no token is asked for): \(done)"))
      }
    }
  }

  @Test func `the buttons of the dead letters work on this machine and over plain HTTP from another one`()
    async throws
  {
    try await withInstallation { installation in
      let (client, topology) = (try installation.client(), installation.topology)
      try client.publish(["one", "two"], to: "", topology.deadLetterQueue)
      let web = try await WebProcess(installation, "--allow-actions", "--host-name", "inspector.test")
      try await BrowserScript.run("actions_test.py", ["\(web.port)"])
      try await until("one is back and one is gone") {
        try client.count(topology.queue) == 1 && client.count(topology.deadLetterQueue) == 0
      }
    }
  }

  @Test func `RabbitMQ that goes away is told, and what is stored is followed all the same`() async throws {
    try await withInstallation { installation in
      let traffic = Traffic(events: 2, members: 1)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let proxy = try FaultProxy(of: installation.broker.port)
      let web = try await WebProcess(
        installation, "--allow-actions", changing: ["RABBITMQ_URL": Installation.url([proxy.port])])
      let live = try web.live()
      try await live.awaits(published: true)
      proxy.end(.reset)
      try await live.events { $0.contains { $0.document("published")?["reason"]?.string != nil } }
      try await live.awaits(published: true)
      try await handle(traffic, 0..<1, in: installation)
      try await live.events { $0.updates.contains { $0["published"]?.bool == true } }
      proxy.close()
      try await live.awaits(published: false)
      try await handle(traffic, 1..<2, in: installation)
      let last = try await live.events { Set($0.updates.compactMap { $0["_id"]?.string }).count == 2 }
      #expect(
        last.last { $0["stored"] != nil }?.document("published")?["reason"]?.string?.contains("RabbitMQ at")
          == true)
      for path in ["/dead-letters", "/api/v1/dead-letters", "/dead-letters?read=1"] {
        let answer = try web.get(path)
        #expect(
          answer.status == 503 && answer.body.contains("RabbitMQ at 127.0.0.1:\(proxy.port)"),
          "\(answer.body)")
      }
      let refused = try web.post(
        "/dead-letters", "action=drop&letter=" + String(repeating: "0", count: 32))
      #expect(refused.status == 503 && web.process.errors.contains("drop by 127.0.0.1"))
      #expect(try web.get("/").status == 200)
      #expect(!web.process.errors.contains("guest:guest"))
    }
  }
}

extension StoredUpdate {
  /// The command that stores it.
  var insertion: BSONDocument {
    var command = BSONWriter()
    command.append("insert", "updates")
    command.append("documents", documents: [document])
    return command.finish()
  }
}
