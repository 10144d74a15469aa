import LiveHarness
import RabbitBroker
import TestServers
import Testing
import TestTraits

/// What a service manager hears of the live worker, and that its watchdog is fed.
@Suite(.bounded) struct ServiceManagerServerTests {
  @Test func `it tells when it is ready and when it stops, and feeds the watchdog while it idles`()
    async throws
  {
    try await withInstallation { installation in
      let listener = try NotifyListener(isAbstract: true)
      let worker = try installation.startWorker(
        changing: ["NOTIFY_SOCKET": listener.name, "WATCHDOG_USEC": "400000"])
      try await until("the watchdog is fed several times") {
        listener.assignments.count { $0 == "WATCHDOG=1" } >= 3
      }
      let assignments = listener.assignments
      let ready = try #require(assignments.firstIndex(of: "READY=1"))
      let fed = try #require(assignments.firstIndex(of: "WATCHDOG=1"))
      #expect(ready < fed)
      #expect(assignments.contains("STATUS=consuming events"))
      #expect(!assignments.contains("STOPPING=1"))
      #expect(try await worker.terminate() == .exited(0))
      #expect(listener.assignments.contains("STOPPING=1"))
      #expect(!worker.errors.contains("service manager"))
    }
  }

  @Test func `it feeds the watchdog in an outage, and says what it waits for`() async throws {
    let mongo = try await MongoServer()
    try await withInstallation(mongo: mongo) { installation in
      let listener = try NotifyListener()
      let uri = installation.mongoURI + "?serverSelectionTimeoutMS=300"
      let worker = try installation.startWorker(
        changing: ["NOTIFY_SOCKET": listener.name, "WATCHDOG_USEC": "400000", "MONGODB_URI": uri])
      try await worker.isReady()
      mongo.kill()
      let event = """
        {"_id": "6925a0010000000000000001", "tenantId": "t", "eventType": "user.update", "data": {"user": {"userId": "u"}}}
        """
      try installation.client().publish([event], to: installation.topology.eventsExchange, "user.update.t")
      try await until("the outage is told") {
        listener.assignments.contains { $0.hasPrefix("STATUS=not ready: ") }
      }
      let before = listener.assignments.count { $0 == "WATCHDOG=1" }
      try await until("the watchdog is fed on") {
        listener.assignments.count { $0 == "WATCHDOG=1" } >= before + 5
      }
      try await mongo.start()
      try await until("the end of the outage is told") {
        listener.assignments.last { $0.hasPrefix("STATUS=") } == "STATUS=consuming events"
      }
      #expect(try await worker.terminate() == .exited(0))
    }
  }

  @Test func `a start that waits for a server is not ready and asks for more time`() async throws {
    try await withInstallation { installation in
      let listener = try NotifyListener()
      let port = try LoopbackPort.free()
      let worker = try installation.startWorker(
        changing: ["NOTIFY_SOCKET": listener.name, "RABBITMQ_URL": "amqp://guest:guest@127.0.0.1:\(port)/"])
      try await until("it says what it waits for, and asks for more time") {
        listener.assignments.contains { $0.hasPrefix("STATUS=not ready: ") }
          && listener.assignments.contains("EXTEND_TIMEOUT_USEC=60000000")
      }
      #expect(!listener.assignments.contains("READY=1"))
      #expect(try await worker.terminate() == .exited(0))
    }
  }
}
