import Foundation
import LiveHarness
import RabbitBroker
import TestServers

/// The ways in which ``DoctorTests`` breaks an installation.
enum DoctorCases {
  /// A password, which nothing may show.
  static let secret = "hunter2"

  static let all = connections + broker + database + data

  private static let connections: [DoctorTests.Case] = [
    .init(
      "both servers down",
      [
        .init(
          section: "MongoDB", check: "reachable", severity: "failure",
          words: ["cannot be reached", "MONGODB_URI"]),
        .init(section: "RabbitMQ", check: "reachable", severity: "failure", words: ["cannot be reached"]),
      ]
    ) { _ in
      let ports = try (0..<2).map { _ in try LoopbackPort.free() }
      return [
        "MONGODB_URI": "mongodb://u:\(secret)@127.0.0.1:\(ports[0])/chat3",
        "RABBITMQ_URL": "amqp://u:\(secret)@127.0.0.1:\(ports[1])/",
      ]
    },
    .init("MongoDB down", "MongoDB", "reachable", "failure", ["cannot be reached", "MONGODB_URI"]) { _ in
      ["MONGODB_URI": "mongodb://127.0.0.1:\(try LoopbackPort.free())/chat3?serverSelectionTimeoutMS=60000"]
    },
    .init(
      "RabbitMQ at another port", "RabbitMQ", "reachable", "failure", ["cannot be reached", "RABBITMQ_URL"]
    ) {
      _ in ["RABBITMQ_URL": "amqp://127.0.0.1:\(try LoopbackPort.free())/"]
    },
    .init("wrong password of RabbitMQ", "RabbitMQ", "reachable", "failure", ["user name or password"]) {
      ["RABBITMQ_URL": $0.broker.url(password: secret)]
    },
    .init("unknown virtual host", "RabbitMQ", "reachable", "failure", ["\"nowhere\"", "permissions"]) {
      ["RABBITMQ_URL": $0.broker.url(path: "nowhere")]
    },
    .init("wrong password of MongoDB", "MongoDB", "reachable", "failure", ["refuses the credentials"]) {
      installation in
      let uri = installation.mongoURI
      let scheme = uri.firstRange(of: "://")?.upperBound ?? uri.startIndex
      let rest = uri[scheme...].split(separator: "@").last ?? ""
      return ["MONGODB_URI": "mongodb://someone:\(secret)@\(rest)"]
    },
    .init("not a URL", "Configuration", "values", "failure", ["MONGODB_URI", "connection string"]) { _ in
      ["MONGODB_URI": "localhost"]
    },
    .init(
      "two that are no URLs",
      [
        .init(section: "Configuration", check: "values", severity: "failure", words: ["MONGODB_URI"]),
        .init(section: "Configuration", check: "values", severity: "failure", words: ["RabbitMQ URL"]),
      ]
    ) { _ in
      ["MONGODB_URI": "http://u:\(secret)@h", "RABBITMQ_URL": "http://u:\(secret)@h"]
    },
    .init("a value out of range", "Configuration", "values", "failure", ["UPDATE_WORKER_PREFETCH is 0"]) {
      _ in
      ["UPDATE_WORKER_PREFETCH": "0"]
    },
    .init("a variable and its file", "Configuration", "values", "failure", ["RABBITMQ_URL_FILE are both set"])
    {
      _ in ["RABBITMQ_URL_FILE": "/dev/null"]
    },
    .init(
      "an unknown variable", "Configuration", "variables", "warning",
      ["UPDATE_WORKER_QUEU is no setting", "nearest one is UPDATE_WORKER_QUEUE"]
    ) {
      _ in ["UPDATE_WORKER_QUEU": "x"]
    },
    .init("a secret file that all can read", "Configuration", "secret files", "warning", ["chmod o-r"]) {
      installation in
      let path = NSTemporaryDirectory() + "secret-\(installation.tap)"
      try installation.mongoURI.write(toFile: path, atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
      return ["MONGODB_URI": "", "MONGODB_URI_FILE": path]
    },
    .init("w=1", "MongoDB", "write concern", "warning", ["w=1", "Remove w"]) {
      ["MONGODB_URI": $0.mongoURI + ($0.mongoURI.contains("?") ? "&" : "?") + "w=1"]
    },
    .init("w=0", "Configuration", "values", "failure", ["w=0"]) {
      ["MONGODB_URI": $0.mongoURI + ($0.mongoURI.contains("?") ? "&" : "?") + "w=0"]
    },
  ]

  private static let broker: [DoctorTests.Case] = [
    .init("no events exchange", "RabbitMQ", "exchanges", "warning", ["does not exist", "Start the worker"]) {
      try $0.client().delete(queues: [], exchanges: [$0.topology.eventsExchange])
      return [:]
    },
    .init(
      "an exchange of another type", "RabbitMQ", "exchanges", "failure",
      ["no durable topic exchange", "'fanout'"]
    ) {
      let name = $0.tap + "_fanout"
      try $0.client().declareExchange(name, type: "fanout")
      return ["RABBITMQ_UPDATES_EXCHANGE": name]
    },
    .init("a queue with other arguments", "RabbitMQ", "queue", "failure", ["x-message-ttl", "'1000'"]) {
      let client = try $0.client()
      try client.delete(queue: $0.topology.queue)
      try client.declareQueue($0.topology.queue, timeToLive: 1000)
      return [:]
    },
    .init(
      "queues of another type",
      [
        .init(
          section: "RabbitMQ", check: "queue", severity: "failure",
          words: ["is a classic queue", "docs/quorum-queues.md"]),
        .init(
          section: "RabbitMQ", check: "dead letters", severity: "failure", words: [".dead is a classic queue"]
        ),
      ]
    ) { _ in ["UPDATE_WORKER_QUEUE_TYPE": "quorum"] },
    .init("nothing declared, no queue", "RabbitMQ", "queue", "failure", ["does not exist", "passive"]) {
      try $0.client().delete(queue: $0.topology.queue)
      return ["UPDATE_WORKER_TOPOLOGY": "passive"]
    },
    .init("one of two hosts down", "RabbitMQ", "reachable", "warning", ["cannot be reached", "RABBITMQ_URL"])
    {
      ["RABBITMQ_URL": $0.broker.url().replacing("@", with: "@127.0.0.1:\(try LoopbackPort.free()),")]
    },
    .init("no queue", "RabbitMQ", "queue", "warning", ["does not exist", "lost"]) {
      try $0.client().delete(queue: $0.topology.queue)
      return [:]
    },
    .init("no queue for dead letters", "RabbitMQ", "dead letters", "warning", [".dead does not exist"]) {
      try $0.client().delete(queue: $0.topology.deadLetterQueue)
      return [:]
    },
    .init("dead letters", "RabbitMQ", "dead letters", "warning", ["2 bad events", "dead-letters list"]) {
      try $0.client().publish(["a", "b"], to: "", $0.topology.deadLetterQueue)
      return [:]
    },
  ]

  private static let database: [DoctorTests.Case] = [
    missingIndexes("users", ["users", "userId"]),
    missingIndexes("messagestatuses", ["messagestatuses", "messageId"]),
    missingIndexes("metas", ["metas", "entityId"]),
    .init(
      "messages without indexes",
      [
        .init(
          section: "MongoDB", check: "indexes", severity: "failure", words: ["createIndex({ messageId: 1 })"]),
        .init(section: "MongoDB", check: "indexes", severity: "failure", words: ["dialogId and createdAt"]),
      ]
    ) {
      try $0.stripIndexes(of: "messages")
      return [:]
    },
    .init(
      "dialogmembers without indexes",
      [
        .init(
          section: "MongoDB", check: "indexes", severity: "failure", words: ["{ dialogId: 1, tenantId: 1 }"]),
        .init(
          section: "MongoDB", check: "indexes", severity: "failure", words: ["{ userId: 1, tenantId: 1 }"]),
      ]
    ) {
      try $0.stripIndexes(of: "dialogmembers")
      return [:]
    },
    .init(
      "updates without indexes",
      (0..<3).map { _ in
        .init(
          section: "MongoDB", check: "indexes of updates", severity: "warning", words: ["Start the worker"])
      }
    ) {
      try $0.stripIndexes(of: "updates")
      return [:]
    },
    .init(
      "an index in the way of the worker's", "MongoDB", "indexes of updates", "failure",
      ["dropIndex(\"mine\")"]
    ) {
      try $0.database.run(#"{"dropIndexes":"updates","index":"tenantId_1_eventId_1"}"#)
      try $0.database.run(
        #"{"createIndexes":"updates","indexes":[{"key":{"tenantId":1,"eventId":1},"name":"mine"}]}"#)
      return [:]
    },
    .init("events without their index", "MongoDB", "index of events", "warning", ["createdAt: 1, _id: 1"]) {
      try $0.stripIndexes(of: "events")
      try await $0.archive(Traffic(events: 1).events())
      try $0.database.run(#"{"delete":"events","deletes":[{"q":{"_id":"first"},"limit":1}]}"#)
      return [:]
    },
    .init(
      "another database",
      [
        .init(
          section: "MongoDB", check: "collections", severity: "warning",
          words: ["dialogmembers, dialogs, events, messages, messagestatuses, metas, users"]),
        .init(
          section: "Data", check: "events", severity: "warning", words: ["another database than the API's"]),
      ]
    ) { installation in
      let name = installation.mongoURI.split(separator: "?")[0].split(separator: "/").last ?? ""
      return ["MONGODB_URI": installation.mongoURI.replacing(name, with: MongoServer.newDatabase())]
    },
  ]

  private static func missingIndexes(_ collection: String, _ words: [String]) -> DoctorTests.Case {
    .init("\(collection) without indexes", "MongoDB", "indexes", "failure", words + ["createIndex"]) {
      try $0.stripIndexes(of: collection)
      return [:]
    }
  }

  private static let data: [DoctorTests.Case] = [
    .init("updates that wait", "Data", "unpublished updates", "failure", ["2 h old", "republish"]) {
      try await $0.storeLeftovers(["u1"], age: 7_300_000)
      return [:]
    },
    .init(
      "events archived under other ids", "Data", "identities", "warning", ["1 of the 2", "not under _id"]
    ) {
      // The message had no _id: its updates are of the identity in eventId.
      try await $0.storeLeftovers(["u1"], age: 1000)
      try await $0.archive([
        event(
          #""_id":"64b0000000000000000000ee","eventId":"evt_65000000000000000000000100000000","createdAt":1"#)
      ])
      return [:]
    },
    .init("the newest event is bad", "Data", "dry run", "warning", ["is a bad one", "dead letters"]) {
      try await $0.archive([
        #"{"_id":"64b0000000000000000000ff","tenantId":"t","eventType":"dialog.member.update","#
          + #""data":{"dialog":{"dialogId":"d"}},"createdAt":1990000000000.5}"#
      ])
      return [:]
    },
  ]

  private static func event(_ fields: String) -> String {
    #"{"tenantId":"t","eventType":"dialog.update","entityType":"dialog","entityId":"d","#
      + #""data":{"dialog":{"dialogId":"d"}},\#(fields)}"#
  }
}
