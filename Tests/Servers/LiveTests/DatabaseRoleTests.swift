import BSON
import Foundation
import LiveHarness
import RabbitBroker
import TestServers
import TestTraits
import Testing

/// The worker and the operator's commands with the rights that docs/security.md gives them in MongoDB, and with
/// each of them taken away.
@Suite(.bounded, .serialized) struct DatabaseRoleTests {
  private static let password = "s3cret"

  /// A server on which users must log in. SecantusDB looks at the actions of a role, and not at the collections.
  private static let server = Task {
    let server = try await MongoServer(.secantusDB)
    let admin = try RawDatabase(uri: server.uri(database: "admin"), name: "admin")
    try admin.run(#"{"createUser":"root","pwd":"\#(password)","roles":["root"]}"#)
    try await server.requireLogin(user: "root", password: password)
    return server
  }

  /// Events that need every right of the worker, with the records that they are about.
  private static let state: [(collection: String, record: String)] = [
    ("dialogs", #"{"tenantId":"t","dialogId":"d","name":"D"}"#),
    ("dialogmembers", #"{"tenantId":"t","dialogId":"d","userId":"ann"}"#),
    ("dialogmembers", #"{"tenantId":"t","dialogId":"d","userId":"bob"}"#),
    ("messages", #"{"tenantId":"t","messageId":"m","dialogId":"d","senderId":"ann","createdAt":1.5}"#),
    ("users", #"{"tenantId":"t","userId":"ann","type":"agent","name":"Ann"}"#),
  ]
  private static let event =
    #"{"_id":"64b000000000000000000001","tenantId":"t","eventType":"message.create","entityType":"message","#
    + #""entityId":"m","data":{"context":{"dialogId":"d","messageId":"m"}},"createdAt":1795264010018.5}"#

  private func withServer(_ body: (Installation) async throws -> Void) async throws {
    try await withInstallation(mongo: try await Self.server.value) { installation in
      for (collection, record) in Self.state { try installation.database.insert([record], into: collection) }
      try await installation.archive([Self.event])
      // The second one needs the right to look for what is stored.
      for _ in 0..<2 {
        try installation.client().publish([Self.event], to: installation.topology.eventsExchange, "e.t")
      }
      try await body(installation)
    }
  }

  /// The URI of the installation's database for another user of it.
  private func uri(_ installation: Installation, user: String) throws -> String {
    let port = try MongoRecorder.port(of: installation.mongoURI)
    return
      "mongodb://\(user):\(Self.password)@127.0.0.1:\(port)/\(installation.database.name)"
      + "?authMechanism=SCRAM-SHA-256"
  }

  private func isDone(_ installation: Installation) throws -> Bool {
    // Two members, and one of them is told how many dialogs he has not read.
    try installation.database.updates(published: true) >= 2
      && installation.client().count(installation.topology.queue) == 0
  }

  @Test func `the documented roles, as they are written, are enough with SCRAM-SHA-256`() async throws {
    try await withServer { installation in
      let commands = try SecurityDocument().databaseCommands(
        database: installation.database.name, password: Self.password)
      for command in commands { try installation.database.run(command) }
      let worker = try installation.startWorker(
        changing: ["MONGODB_URI": try uri(installation, user: "update-worker")])
      try await worker.isReady()
      try await until("all is published; \(worker.errors)") { try isDone(installation) }
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")

      try installation.database.run(
        #"{"update":"updates","updates":[{"q":{},"u":{"$set":{"createdAt":1500000000000.5}},"multi":true}]}"#)
      let store = try uri(installation, user: "update-operator")
      for arguments in [
        ["verify", "--since", "2020-01-01"], ["backfill", "--since", "2020-01-01"], ["republish"],
        ["inspect", "updates", "--store", store],
        ["inspect", "user", "ann", "--tenant", "t", "--store", store],
        ["inspect", "event", "64b000000000000000000001", "--explain", "--store", store],
        ["prune", "--older-than", "30d"],
      ] {
        let command = try installation.start(arguments, changing: ["MONGODB_URI": store])
        let ending = try await command.ending()
        #expect([.exited(0), .exited(65)].contains(ending), "\(arguments): \(command.errors)")
      }
      #expect(try installation.database.updates() == 0)
    }
  }

  /// Taken away by the server itself, on all collections at once.
  @Test func `without one kind of right the worker ends with 64 and names it`() async throws {
    try await withServer { installation in
      let role = try SecurityDocument().actions(of: "chat3UpdateWorker")
      for action in ["createIndex", "find", "insert", "update"] {
        let privileges = role.map { collection, actions in
          let rest = actions.subtracting([action]).map { "\"\($0)\"" }.joined(separator: ",")
          return
            #"{"resource":{"db":"\#(installation.database.name)","collection":"\#(collection)"},"actions":[\#(rest)]}"#
        }
        let name = "without-\(action)"
        try installation.database.run(
          #"{"createRole":"\#(name)","privileges":[\#(privileges.joined(separator: ","))],"roles":[]}"#)
        try installation.database.run(
          #"{"createUser":"\#(name)","pwd":"\#(Self.password)","roles":["\#(name)"]}"#)
        let worker = try installation.startWorker(changing: ["MONGODB_URI": try uri(installation, user: name)]
        )
        #expect(try await worker.ending() == .exited(64), "\(action): \(worker.errors)")
        expectSentence(worker, "the action \(action) on the collection ")
      }
    }
  }

  /// Taken away on the wire, because SecantusDB does not look at collections.
  @Test func `without any single right the worker or the command ends with 64 and names it`() async throws {
    let document = try SecurityDocument()
    let (worker, operators) = (
      try document.actions(of: "chat3UpdateWorker"), try document.actions(of: "chat3UpdateOperator")
    )
    for (collection, actions) in worker {
      for action in actions {
        try await withServer { installation in
          try await run(["run"], installation, without: action, collection)
        }
      }
    }
    // Without the right to list indexes, `inspect` goes on as if there were none on time; without a place to keep what it
    // has found, `verify` verifies all the same.
    #expect(
      operators == [
        "events": ["find"], "updates": ["remove", "listIndexes"],
        "update_worker_verifications": ["find", "insert", "update"],
      ])
    try await withServer { installation in
      try await installation.storeLeftovers(["ann"])
      try installation.database.run(
        #"{"update":"updates","updates":[{"q":{},"u":{"$set":{"published":true,"createdAt":1500000000000.5}}}]}"#
      )
      for (arguments, action, collection) in [
        (["verify", "--since", "2020-01-01"], "find", "events"),
        (["backfill", "--since", "2020-01-01"], "find", "events"),
        (["prune", "--older-than", "30d"], "remove", "updates"),
      ] {
        try await run(arguments, installation, without: action, collection)
      }
    }
  }

  @Test func `verify says that it may not keep what it has found, and ends as it would otherwise`()
    async throws
  {
    try await withServer { installation in
      let recorder = try MongoRecorder(
        before: MongoRecorder.port(of: installation.mongoURI),
        withholding: ("update", "update_worker_verifications"))
      defer { recorder.close() }
      let process = try installation.start(
        ["verify", "--since", "2020-01-01"],
        changing: ["MONGODB_URI": recorder.uri(instead: installation.mongoURI)])
      // No worker has run, so that updates are missing.
      #expect(try await process.ending() == .exited(65), "\(process.errors)")
      let line = try #require(
        process.errors.split(separator: "\n").first { $0.hasPrefix("what was found is not kept: ") })
      #expect(line.contains("the action update on the collection update_worker_verifications; grant it"))
      #expect(process.output.contains("missing"))
    }
  }

  /// Runs a command whose user lacks a right, to its end.
  private func run(
    _ arguments: [String], _ installation: Installation, without action: String, _ collection: String
  ) async throws {
    let recorder = try MongoRecorder(
      before: MongoRecorder.port(of: installation.mongoURI), withholding: (action, collection))
    defer { recorder.close() }
    let process = try installation.start(
      arguments, changing: ["MONGODB_URI": recorder.uri(instead: installation.mongoURI)])
    #expect(
      try await process.ending() == .exited(64), "\(arguments), \(action), \(collection): \(process.errors)")
    expectSentence(process, "the action \(action) on the collection \(collection)")
  }

  private func expectSentence(
    _ process: WorkerProcess, _ right: String, location: SourceLocation = #_sourceLocation
  ) {
    let last = process.errors.split(separator: "\n").last.map(String.init) ?? ""
    for words in [right, "docs/security.md"] {
      #expect(last.contains(words), "\(process.errors)", sourceLocation: location)
    }
    #expect(!process.errors.contains(Self.password), sourceLocation: location)
  }

  @Test func `a server that fails while the worker logs in is waited for`() async throws {
    try await withServer { installation in
      let failPoint = try FailPoint(try await Self.server.value)
      for failure in [FailPoint.Failure.refusal(91), .refusal(11600), .closedConnection] {
        try failPoint.set(failure, of: ["saslStart", "saslContinue"], times: 1000)
        let worker = try installation.startWorker()
        try await worker.says("waiting for a server")
        try failPoint.clear()
        try await worker.isReady()
        #expect(try await worker.terminate() == .exited(0), "\(failure): \(worker.errors)")
      }
    }
  }
}
