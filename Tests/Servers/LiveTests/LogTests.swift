import Foundation
import LiveHarness
import RabbitBroker
import ReplayHarness
import TestServers
import TestTraits
import Testing

/// What the live worker logs as JSON, which is what a program gets that reads its standard error.
@Suite(.bounded) struct LogTests {
  /// All lines of a worker's log, each of which must be an object.
  private func log(of worker: WorkerProcess) throws -> [[String: Any]] {
    try worker.errors.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let fields = try #require(object, "\(line)")
      for field in ["time", "level", "message"] { #expect(fields[field] is String, "\(line)") }
      return fields
    }
  }

  @Test
  func `every line is an object, from the start to the stop, and a variable that is no setting is warned of`()
    async throws
  {
    try await withInstallation { installation in
      let worker = try installation.startWorker(changing: [
        "LOG_FORMAT": "", "UPDATE_WORKER_PREFECTH": "5", "UPDATE_WORKER_CRASH_AT": "",
      ])
      try await worker.says("\"ready\"")
      #expect(try await worker.terminate() == .exited(0))
      let lines = try log(of: worker)
      let messages = lines.compactMap { $0["message"] as? String }
      #expect(
        messages.first == "starting" && messages.last == "stopped" && messages.contains("consuming the queue")
      )
      let warnings = lines.filter { $0["level"] as? String == "warning" }
      #expect(warnings.count == 1, "\(worker.errors)")
      #expect(warnings.first?["variable"] as? String == "UPDATE_WORKER_PREFECTH")
      #expect(warnings.first?["nearest"] as? String == "UPDATE_WORKER_PREFETCH")
    }
  }

  @Test func `a failure that ends it is a line too, without credentials`() async throws {
    try await withInstallation { installation in
      let url = installation.broker.url(user: "guest", password: "hunter2")
      let worker = try installation.startWorker(changing: ["RABBITMQ_URL": url, "LOG_FORMAT": "json"])
      #expect(try await worker.ending() == .exited(64))
      let last = try #require(try log(of: worker).last)
      #expect(last["level"] as? String == "critical" && last["status"] as? Int == 64)
      #expect((last["reason"] as? String)?.contains("user name or password") == true)
      #expect(!worker.errors.contains("hunter2"))
    }
  }

  @Test(arguments: [
    ("MONGODB_URI", "mongodb://127.0.0.1:1/none", "mongodb"),
    ("RABBITMQ_URL", "amqp://127.0.0.1:1", "publish"),
  ])
  func `waiting for a server names it as metrics and health do`(variable: String, url: String, peer: String)
    async throws
  {
    try await withInstallation { installation in
      let worker = try installation.startWorker(changing: [variable: url, "LOG_FORMAT": "json"])
      try await worker.says("waiting for a server")
      #expect(try await worker.terminate() == .exited(0))
      let waiting = try log(of: worker).first { $0["message"] as? String == "waiting for a server" }
      #expect(waiting?["peer"] as? String == peer && waiting?["reason"] is String, "\(worker.errors)")
    }
  }

  @Test func `at trace each event is told at each station, at info only the bad one, with its id and tenant`()
    async throws
  {
    try await withInstallation { installation in
      let traffic = Traffic(events: 3)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let bad =
        #"{"_id":"6925a001000000000000009a","tenantId":"t\nforged","eventType":"dialog.update","data":7}"#
      for level in ["trace", "info"] {
        let worker = try installation.startWorker(changing: ["LOG_LEVEL": level, "LOG_FORMAT": "json"])
        let client = try installation.client()
        try client.publish(traffic.events(), to: installation.topology.eventsExchange, "e")
        try client.publish(Array(bad.utf8), to: installation.topology.eventsExchange, "e")
        try await worker.says("moved to the dead letters")
        #expect(try await worker.terminate() == .exited(0))
        let lines = try log(of: worker)
        func ids(_ message: String) -> Set<String> {
          Set(lines.filter { $0["message"] as? String == message }.compactMap { $0["event.id"] as? String })
        }
        let buried = try #require(
          lines.first { ($0["message"] as? String)?.hasPrefix("a bad event") == true })
        #expect(
          buried["event.id"] as? String == "6925a001000000000000009a"
            && buried["level"] as? String == "warning")
        #expect(buried["tenant.id"] as? String == "t\nforged" && buried["reason"] is String)
        #expect(ids("an event was decoded").count == (level == "trace" ? 4 : 0), "\(worker.errors)")
        #expect(ids("an event was planned").count == (level == "trace" ? 3 : 0))
        #expect(ids("an event was handled").count == (level == "trace" ? 3 : 0))
        #expect(ids("an event was buried").count == (level == "trace" ? 1 : 0))
        #expect(lines.contains { $0["message"] as? String == "round done" } == (level == "trace"))
      }
    }
  }
}
