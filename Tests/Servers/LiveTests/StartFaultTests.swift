import RabbitBroker
import TestTraits
import LiveHarness
import TestServers
import Testing

/// What `run` says and exits with when it cannot start (spec section 10).
@Suite(.bounded) struct StartFaultTests {
  private static let secret = "hunter2"

  /// Expects the worker to exit with this status, its last line on standard error to hold these words.
  private func expect(
    _ status: Int32, _ words: [String], from worker: WorkerProcess,
    location: SourceLocation = #_sourceLocation
  ) async throws {
    #expect(try await worker.ending() == .exited(status), "\(worker.errors)", sourceLocation: location)
    // The worker may have logged that it starts before it fails.
    let last = worker.errors.split(separator: "\n").last.map(String.init) ?? ""
    for word in words {
      #expect(last.contains(word), "\(worker.errors)", sourceLocation: location)
    }
    #expect(!worker.errors.contains(Self.secret), sourceLocation: location)
    #expect(!worker.errors.contains(".swift:"), sourceLocation: location)
  }

  @Test func `wrong credentials end it with 64, even if it may wait for servers`() async throws {
    try await withInstallation { installation in
      let url = installation.broker.url(user: "guest", password: Self.secret)
      let worker = try installation.startWorker(changing: ["RABBITMQ_URL": url])
      try await expect(64, ["user name or password", "RABBITMQ_URL"], from: worker)
    }
  }

  @Test func `a certificate for another name ends it with 64`() async throws {
    try await withInstallation { installation in
      let rabbit = try await RabbitServer.owned()
      let url =
        "amqps://guest:guest@127.0.0.1:\(rabbit.tlsPort)/?cacertfile=\(rabbit.certificates.authority)"
      let worker = try installation.startWorker(changing: ["RABBITMQ_URL": url])
      try await expect(64, ["certificate", "127.0.0.1"], from: worker)
    }
  }

  @Test func `credentials that MongoDB refuses end it with 64`() async throws {
    // The URI of the shared server may already have credentials.
    try await withInstallation(mongo: try await MongoServer(.exact)) { installation in
      let uri = installation.mongoURI.replacing("mongodb://", with: "mongodb://someone:\(Self.secret)@")
      let worker = try installation.startWorker(changing: ["MONGODB_URI": uri])
      try await expect(64, ["MongoDB", "MONGODB_URI"], from: worker)
    }
  }

  @Test func `an unknown virtual host ends it with 64`() async throws {
    try await withInstallation { installation in
      let url = installation.broker.url(path: "no%20where")
      let worker = try installation.startWorker(changing: ["RABBITMQ_URL": url])
      try await expect(64, ["\"no where\"", "RABBITMQ_URL"], from: worker)
    }
  }

  @Test func `a queue with other arguments ends it with 64 and a remedy`() async throws {
    try await withInstallation { installation in
      let queue = installation.topology.queue + "_other"
      try installation.client().declareQueue(queue, timeToLive: 1000)
      let worker = try installation.startWorker("--queue", queue)
      try await expect(64, [queue, "x-message-ttl", "delete it", "UPDATE_WORKER_QUEUE"], from: worker)
    }
  }

  @Test(arguments: BrokerTopology.QueueType.allCases)
  func `a queue of another type ends it with 64 and says what to set`(
    _ type: BrokerTopology.QueueType
  ) async throws {
    try await withInstallation(queueType: type) { installation in
      let other = type == .quorum ? "classic" : "quorum"
      let worker = try installation.startWorker("--queue-type", other)
      try await expect(
        64, [installation.topology.queue, "is a \(type) queue", "UPDATE_WORKER_QUEUE_TYPE=\(type)"],
        from: worker)
    }
  }

  @Test func `a queue that is missing and not to be declared ends it with 64 and is named`() async throws {
    try await withInstallation { installation in
      let queue = installation.topology.queue + "_missing"
      let worker = try installation.startWorker(
        "--queue", queue, changing: ["UPDATE_WORKER_TOPOLOGY": "passive"])
      try await expect(64, ["\"\(queue)\"", "UPDATE_WORKER_TOPOLOGY is passive"], from: worker)
    }
  }

  @Test(arguments: [
    ("--events-exchange", "RABBITMQ_EVENTS_EXCHANGE"), ("--updates-exchange", "RABBITMQ_UPDATES_EXCHANGE"),
  ])
  func `an exchange of another type ends it with 64 and a remedy`(flag: String, variable: String) async throws
  {
    try await withInstallation { installation in
      let name = installation.tap + flag
      try installation.client().declareExchange(name, type: "fanout")
      let worker = try installation.startWorker(flag, name)
      try await expect(64, [name, "durable topic exchange", variable], from: worker)
    }
  }

  @Test func `without waiting, RabbitMQ out of reach ends it with 69`() async throws {
    try await withInstallation { installation in
      let port = try LoopbackPort.free()
      let worker = try installation.startWorker(
        "--no-wait", changing: ["RABBITMQ_URL": "amqp://guest:\(Self.secret)@127.0.0.1:\(port)/"])
      try await expect(69, ["127.0.0.1:\(port)"], from: worker)
    }
  }

  @Test func `without waiting, MongoDB out of reach ends it with 69`() async throws {
    try await withInstallation { installation in
      let port = try LoopbackPort.free()
      let uri = "mongodb://someone:\(Self.secret)@127.0.0.1:\(port)/chat3?serverSelectionTimeoutMS=500"
      let worker = try installation.startWorker("--no-wait", changing: ["MONGODB_URI": uri])
      try await expect(69, ["127.0.0.1:\(port)", "MONGODB_URI"], from: worker)
    }
  }

  @Test(arguments: [
    ("MONGODB_URI", "http://\(secret)@host", "MONGODB_URI"),
    ("RABBITMQ_URL", "http://guest:\(secret)@host", "RabbitMQ URL"),
    ("LOG_LEVEL", "loud", "LOG_LEVEL"), ("UPDATE_WORKER_PREFETCH", "0", "UPDATE_WORKER_PREFETCH"),
    ("UPDATE_WORKER_GRACE_SECONDS", "-1", "UPDATE_WORKER_GRACE_SECONDS"),
  ])
  func `a setting that makes no sense ends it with 64 and is named`(
    variable: String, value: String, name: String
  ) async throws {
    try await withInstallation { installation in
      let worker = try installation.startWorker(changing: [variable: value])
      try await expect(64, [name], from: worker)
    }
  }

  @Test func `it waits for servers that are down, logs that once, and stops when asked`() async throws {
    try await withInstallation { installation in
      let port = try LoopbackPort.free()
      let worker = try installation.startWorker(
        changing: ["RABBITMQ_URL": "amqp://guest:\(Self.secret)@127.0.0.1:\(port)/"])
      try await worker.says("waiting for a server")
      #expect(try await worker.terminate() == .exited(0))
      #expect(worker.errors.split(separator: "waiting for a server").count == 2)
      #expect(!worker.errors.contains(Self.secret))
    }
  }
}
