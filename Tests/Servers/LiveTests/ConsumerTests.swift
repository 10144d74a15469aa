import Pipeline
import RabbitBroker
import TestTraits
import LiveHarness
import TestServers
import Testing

/// Consumers with the bindings that the documentation gives them: each gets exactly the updates that it is
/// due.
@Suite(.bounded) struct ConsumerTests {
  /// Both tenants have an `ann`. In the first, `helper` is a bot, and `max` writes a message to both of them.
  /// In the second, a dialog changes of which `x.y` is a member too.
  private static let state = [
    #"{"upsert":{"users":[{"tenantId":"t1","userId":"ann","type":"user"},"#
      + #"{"tenantId":"t1","userId":"helper","type":"bot"},{"tenantId":"t1","userId":"max","type":"user"},"#
      + #"{"tenantId":"t2","userId":"ann","type":"user"}]}}"#,
    #"{"upsert":{"dialogmembers":[{"tenantId":"t1","dialogId":"d","userId":"ann","unreadCount":1},"#
      + #"{"tenantId":"t1","dialogId":"d","userId":"helper","unreadCount":1},"#
      + #"{"tenantId":"t1","dialogId":"d","userId":"max","unreadCount":0},"#
      + #"{"tenantId":"t2","dialogId":"d","userId":"ann","unreadCount":0},"#
      + #"{"tenantId":"t2","dialogId":"d","userId":"x.y","unreadCount":0}]}}"#,
  ]
  private static let message =
    #"{"_id":"650000000000000000000001","tenantId":"t1","eventType":"message.create","createdAt":1000.5,"data":"#
    + #"{"dialog":{"dialogId":"d"},"message":{"messageId":"m","dialogId":"d","senderId":"max","createdAt":900}}}"#
  private static let others = [
    #"{"_id":"650000000000000000000002","tenantId":"t1","eventType":"user.update","createdAt":1000.5,"data":"#
      + #"{"user":{"userId":"ann","type":"user"}}}"#,
    #"{"_id":"650000000000000000000003","tenantId":"t2","eventType":"dialog.update","createdAt":1000.5,"data":"#
      + #"{"dialog":{"dialogId":"d"}}}"#,
  ]

  /// What each queue must get: tenant, user and update type, in any order.
  private static let due: [String: [String]] = [
    "update.*.user.ann.*": [
      "t1 ann MessageUpdate", "t1 ann UserStatsUpdate", "t1 ann UserUpdate", "t2 ann DialogUpdate",
    ],
    "update.*.user.max.*": ["t1 max MessageUpdate"],
    "update.*.bot.*.*": ["t1 helper MessageUpdate", "t1 helper UserStatsUpdate"],
    "update.dialog.user.*.*": ["t1 ann MessageUpdate", "t1 max MessageUpdate", "t2 ann DialogUpdate"],
    "update.user.*.*.userstatsupdate": ["t1 ann UserStatsUpdate", "t1 helper UserStatsUpdate"],
    // The dot in the id makes a key of more words than this pattern has.
    "update.*.*.*.*": everything.filter { !$0.contains("x.y") },
    "update.#": everything,
  ]
  private static let everything = [
    "t1 ann MessageUpdate", "t1 ann UserStatsUpdate", "t1 ann UserUpdate", "t1 helper MessageUpdate",
    "t1 helper UserStatsUpdate", "t1 max MessageUpdate", "t2 ann DialogUpdate", "t2 x.y DialogUpdate",
  ]

  /// Queues as gateways name them, with the installation's name to make them unique, and their bindings.
  private static let queues = [
    ("user_ann_updates", "update.*.user.ann.*"), ("user_ann_conn_1_updates", "update.*.user.ann.*"),
    ("user_ann_conn_2_updates", "update.*.user.ann.*"), ("user_max_updates", "update.*.user.max.*"),
    ("bots", "update.*.bot.*.*"), ("people", "update.dialog.user.*.*"),
    ("statistics", "update.user.*.*.userstatsupdate"), ("five_words", "update.*.*.*.*"), ("all", "update.#"),
  ]

  @Test func `each consumer gets exactly its updates, and can tell tenants apart and recognise repetitions`()
    async throws
  {
    try await withInstallation { installation in
      for line in Self.state { try await installation.apply(line) }
      let client = try installation.client()
      func name(_ queue: String) -> String { "\(queue)_\(installation.tap)" }
      for (queue, key) in Self.queues {
        try client.declareQueue(name(queue), timeToLive: 3_600_000)
        try client.bind(name(queue), to: installation.topology.updatesExchange, key)
      }
      let worker = try installation.startWorker()
      let exchange = installation.topology.eventsExchange
      try client.publish([Self.message] + Self.others, to: exchange, "any.event.t1")
      try await until("everything is published") { try client.count(installation.tap) >= 8 }
      for (queue, key) in Self.queues {
        let messages = try client.drain(name(queue))
        let got = messages.map { message in
          [message.headers["tenantId"], message.headers["userId"], message.type].map { $0 ?? "?" }
            .joined(separator: " ")
        }
        #expect(got.sorted() == Self.due[key]?.sorted(), "\(queue)")
        #expect(Set(messages.map(\.messageId)).count == messages.count, "\(queue)")
      }

      // After an end between the confirm and the mark, the worker publishes again, under the same ids.
      let before = try client.drain(installation.tap)
      try await until("all are marked") { try installation.database.updates(published: true) == 8 }
      try installation.database.run(
        #"{"update":"updates","updates":[{"q":{"eventType":"message.create"},"#
          + #""u":{"$set":{"published":false}},"multi":true}]}"#)
      try client.publish([Self.message], to: exchange, "any.event.t1")
      try await until("the message is published again") { try client.count(installation.tap) >= 3 }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
      let again = try client.drain(installation.tap)
      let first = before.filter { $0.type == "MessageUpdate" }
      #expect(Set(again.map(\.messageId)) == Set(first.map(\.messageId)))
      let mine = try client.drain(name("user_ann_updates"))
      #expect(mine.map(\.messageId) == first.filter { $0.headers["userId"] == "ann" }.map(\.messageId))
    }
  }

  @Test func `an event that is redelivered does not publish again what was published`() async throws {
    try await withInstallation { installation in
      let traffic = Traffic(events: 20, members: 3)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let client = try installation.client()
      let worker = try WorkerInProcess(installation)
      for round in 1...3 {
        try client.publish(traffic.events(), to: installation.topology.eventsExchange, "dialog.update.t")
        try await worker.hasHandled(20 * round)
      }
      try await worker.stop()
      #expect(worker.tally.alreadyStored == 120)
      #expect(worker.tally.published == 60)
      #expect(try client.count(installation.tap) == 60)
      #expect(try await traffic.complaints(about: installation) == [])
    }
  }
}
