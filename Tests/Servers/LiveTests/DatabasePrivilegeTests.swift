import RabbitBroker
import TestTraits
import BSON
import LiveHarness
import SpecCases
import TestServers
import Testing

/// What the worker sends to MongoDB, recorded on the wire: only what its documented role allows, and never a
/// value of an event as an operator. ``DatabaseRoleTests`` tries the roles themselves.
@Suite(.bounded) struct DatabasePrivilegeTests {
  private static let operators = ["$in", "$ne", "$or", "$gt", "$gte", "$lt", "$lte"]
  private static let ids = [
    "tenantId", "userId", "dialogId", "messageId", "entityId", "entityType", "senderId", "key",
  ]

  /// Every case about ids, because those hold the hostile values, and some of the others.
  private static let cases = LiveSpecCaseTests.cases.enumerated()
    .filter { $0.offset.isMultiple(of: 4) || $0.element.name.contains(" ids:") }.map(\.element)

  @Test
  func `the worker sends only commands that its role allows, and no filter with an operator from an event`()
    async throws
  {
    let mongo = try await MongoServer(.exact)
    let role = try SecurityDocument().actions(of: "chat3UpdateWorker")
    try await withInstallation(mongo: mongo) { installation in
      let recorder = try MongoRecorder(before: MongoRecorder.port(of: installation.mongoURI))
      let lane = try SpecLane(installation, mongoURI: recorder.uri(instead: installation.mongoURI))
      for specCase in Self.cases {
        let complaints = try await lane.complaints(about: specCase)
        #expect(complaints == [], "\(specCase)")
      }
      try await lane.close()
      let commands = try recorder.commands()
      for command in commands { try check(command, role) }
      // The role grants nothing that the worker does not use.
      for (collection, allowed) in role {
        let used = Set(commands.filter { $0.collection == collection }.compactMap(\.action))
        #expect(used == allowed, "\(collection): granted \(allowed), used \(used)")
      }
      recorder.close()
    }
  }

  @Test func `the operator's commands send only what the operator's role allows`() async throws {
    let mongo = try await MongoServer(.exact)
    let document = try SecurityDocument()
    let role = try document.actions(of: "chat3UpdateWorker")
      .merging(document.actions(of: "chat3UpdateOperator")) { $0.union($1) }
    try await withInstallation(mongo: mongo) { installation in
      let traffic = Traffic(events: 3)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      try await installation.archive(traffic.events())
      let recorder = try MongoRecorder(before: MongoRecorder.port(of: installation.mongoURI))
      let uri = recorder.uri(instead: installation.mongoURI)
      for arguments in [
        ["backfill", "--since", "2020-01-01"], ["verify", "--since", "2020-01-01"],
        ["verify", "--since", "2020-01-01", "--repair"], ["republish"], ["prune", "--older-than", "30d"],
        ["inspect", "event", Traffic.id(0), "--explain", "--store", uri],
        ["inspect", "updates", "--store", uri],
        ["inspect", "user", "member1", "--tenant", "t", "--store", uri],
        ["inspect", "dialog", "d", "--tenant", "t", "--store", uri], ["inspect", "stats", "--store", uri],
      ] {
        let isInspect = arguments[0] == "inspect"
        if arguments[0] == "prune" {
          let old = #"{"$set":{"createdAt":1500000000000.5}}"#
          try installation.database.run(
            #"{"update":"updates","updates":[{"q":{},"u":\#(old),"multi":true}]}"#)
        }
        let command = try installation.start(arguments + (isInspect ? [] : ["--mongodb-uri", uri]))
        let ending = try await command.ending()
        #expect([.exited(0), .exited(65)].contains(ending), "\(arguments): \(command.errors)")
      }
      let commands = try recorder.commands()
      for command in commands { try check(command, role, walks: true) }
      for (collection, action) in [("events", "find"), ("updates", "remove"), ("updates", "listIndexes")] {
        #expect(
          commands.contains { $0.collection == collection && $0.action == action },
          "\(action) of \(collection)")
      }
      recorder.close()
    }
  }

  @Test func `the values of filters of inspect reach MongoDB as text, whatever they look like`() async throws
  {
    let mongo = try await MongoServer(.exact)
    try await withInstallation(mongo: mongo) { installation in
      let traffic = Traffic(events: 2)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let worker = try installation.startWorker()
      try installation.client().publish(traffic.events(), to: installation.topology.eventsExchange, "e")
      try await until("all is published") { try installation.database.updates(published: true) == 4 }
      #expect(try await worker.terminate() == .exited(0))

      let recorder = try MongoRecorder(before: MongoRecorder.port(of: installation.mongoURI))
      let store = recorder.uri(instead: installation.mongoURI)
      for value in [#"{"$ne":null}"#, "$where", #"{"$where":"1"}"#, "/.*/", #"["t"]"#] {
        for option in ["--tenant", "--user", "--dialog"] {
          let before = try recorder.commands().count
          let inspect = try installation.start([
            "inspect", "updates", "--store", store, "--json", "\(option)=\(value)",
          ])
          #expect(try await inspect.ending() == .exited(0), "\(inspect.errors)")
          #expect(inspect.output.isEmpty, "\(option) \(value) finds \(inspect.output)")
          let field = option == "--dialog" ? "data.dialog.dialogId" : option.dropFirst(2) + "Id"
          let filters = try recorder.commands().dropFirst(before).filter { $0.name == "find" }
            .compactMap { $0.body["filter"]?.document?[field] }
          #expect(filters.map(\.string) == [value], "\(option) \(value)")
        }
      }
      let all = try installation.start([
        "inspect", "updates", "--store", store, "--json", "--tenant", "t", "--limit", "0",
      ])
      #expect(try await all.ending() == .exited(0))
      #expect(all.output.split(separator: "\n").count == 4)
      recorder.close()
    }
  }

  /// - Parameter walks: Whether the command may go through tenants and users in order.
  private func check(
    _ command: MongoRecorder.Command, _ role: [String: Set<String>], walks: Bool = false
  ) throws {
    guard let action = command.action else { return }
    let collection = command.collection ?? ""
    #expect(
      role[collection]?.contains(action) == true, "the role does not allow \(command.name) on \(collection)")
    var filters = [command.body["filter"]?.document].compactMap { $0 }
    for (name, documents) in command.sequences where name == "updates" || name == "deletes" {
      filters += documents.compactMap { $0["q"]?.document }
    }
    // A single update may stand in the command itself.
    filters += command.body["updates"]?.array?.compactMap { $0.document?.document("q") } ?? []
    if ["find", "update", "delete"].contains(command.name) {
      #expect(!filters.isEmpty, "\(command.name) has no filter")
    }
    for filter in filters { check(filter, "\(command.name) of \(collection)", walks) }
  }

  private func check(_ filter: BSONDocument, _ what: String, _ walks: Bool) {
    func text() -> String { "\(what): \(String(decoding: JSONWriter.text(filter), as: UTF8.self))" }
    for element in filter {
      if element.key.hasPrefix("$") { #expect(Self.operators.contains(element.key), "\(text())") }
      if Self.ids.contains(element.key) {
        let list = element.document?["$in"]?.array
        let isText = element.string != nil
        let isListOfTexts =
          element.document?.count(where: { _ in true }) == 1 && list?.allSatisfy { $0.string != nil } == true
        let isStep = walks && element.document?["$gt"]?.string != nil
        #expect(isText || isListOfTexts || isStep, "\(text())")
      } else if let inner = element.document ?? element.array {
        check(inner, what, walks)
      }
    }
  }
}
