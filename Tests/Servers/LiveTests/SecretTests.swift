import RabbitBroker
import TestKit
import TestTraits
import Foundation
import LiveHarness
import ReplayHarness
import TestServers
import Testing

/// Credentials may come from files, and the worker never shows them (docs/security.md).
@Suite(.bounded) struct SecretTests {
  /// The two ends of a password. Characters that are special in URLs go between them.
  private static let ends = ["Zq7xKwPd", "Vb9mTyRn"]

  private func file(_ folder: TemporaryFolder, _ content: String) throws -> String {
    let path = folder.path(UUID().uuidString)
    try content.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func expectSilence(
    _ text: String, _ what: String, location: SourceLocation = #_sourceLocation
  ) {
    for end in Self.ends { #expect(!text.contains(end), "\(what): \(text)", sourceLocation: location) }
  }

  @Test func `a worker takes both URLs from files, with or without a newline at their end`() async throws {
    try await withInstallation { installation in
      let folder = try TemporaryFolder()
      let traffic = Traffic(events: 3)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let worker = try installation.startWorker(changing: [
        "MONGODB_URI": "", "MONGODB_URI_FILE": try file(folder, installation.mongoURI + "\n"),
        "RABBITMQ_URL": "", "RABBITMQ_URL_FILE": try file(folder, installation.broker.url()),
      ])
      try installation.client().publish(traffic.events(), to: installation.topology.eventsExchange, "e")
      try await until("all is published") { try installation.database.updates(published: true) == 6 }
      #expect(try await worker.terminate() == .exited(0))
      #expect(try await traffic.complaints(about: installation) == [])
    }
  }

  @Test(arguments: ["MONGODB_URI", "RABBITMQ_URL"])
  func `a file that cannot be used is named and never quoted`(variable: String) async throws {
    try await withInstallation { installation in
      let folder = try TemporaryFolder()
      let secret = Self.ends.joined()
      let cases = [
        (folder.path("nowhere"), ["cannot be read", "No such file"]), (folder.path(""), ["cannot be read"]),
        (try file(folder, ""), ["is empty"]), (try file(folder, "\n"), ["is empty"]),
        (try file(folder, secret + "\u{0}"), ["not text"]),
        (try file(folder, String(repeating: secret, count: 10_000)), ["longer than"]),
      ]
      for (path, words) in cases {
        let worker = try installation.startWorker(changing: [variable: "", variable + "_FILE": path])
        #expect(try await worker.ending() == .exited(64))
        for word in words + [variable + "_FILE", path] {
          #expect(worker.errors.contains(word), "\(worker.errors)")
        }
        #expect(worker.errors.split(separator: "\n").count == 1)
        expectSilence(worker.errors, path)
      }
      let both = try installation.startWorker(changing: [variable + "_FILE": try file(folder, secret)])
      #expect(try await both.ending() == .exited(64))
      #expect(both.errors.contains("\(variable) and \(variable)_FILE are both set"), "\(both.errors)")
      let wrong = try installation.startWorker(changing: [
        variable: "", variable + "_FILE": try file(folder, "x://u:\(secret)@h"),
      ])
      #expect(try await wrong.ending() == .exited(64))
      expectSilence(wrong.errors, "a URL that makes no sense")
    }
  }

  /// What other users of the machine see of a worker, and the limits of its process.
  private func observe(_ worker: WorkerProcess) throws -> (commandLine: String, limits: String) {
    let commandLine = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(worker.id)/cmdline"))
    let limits = try String(contentsOfFile: "/proc/\(worker.id)/limits", encoding: .utf8)
    return (String(decoding: commandLine, as: UTF8.self), limits)
  }

  @Test func `ps does not show credentials that were given as flags, and a crash leaves no core file`()
    async throws
  {
    try await withInstallation { installation in
      let (broker, mongo) = (try LoopbackPort.free(), try LoopbackPort.free())
      let password = Self.ends.joined(separator: "%40")
      let worker = try installation.startWorker(
        "--rabbitmq-url", "amqp://someone:\(password)@127.0.0.1:\(broker)/", "--log-level", "trace",
        "--mongodb-uri=mongodb://someone:\(password)@127.0.0.1:\(mongo)/?serverSelectionTimeoutMS=300")
      try await worker.says("waiting for a server")
      let seen = try observe(worker)
      expectSilence(seen.commandLine, "the command line")
      #expect(seen.commandLine.contains("--rabbitmq-url") && seen.commandLine.contains("--log-level\0trace"))
      let core = seen.limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") } ?? ""
      #expect(["0", "1"].contains(core.split(separator: " ").dropFirst(4).first ?? ""), "\(core)")
      // Swift's crash report, if it is on, shows memory that registers point to. The worker goes on after
      // this signal, because no instruction has failed.
      worker.send(SIGSEGV)
      try await until("the crash is reported") {
        !worker.isRunning || worker.errors.contains("Backtrace took")
      }
      try await worker.kill()
      expectSilence(worker.errors, "the log")
    }
  }

  @Test(arguments: [
    ["replay", "/dev/null", "--store", "mongo://u:PASSWORD@h"],
    ["replay", "/dev/null", "--publish=http://u:PASSWORD@h"],
    ["run", "--rabbit-url", "amqp://u:PASSWORD@h"],
    ["run", "amqp://u:PASSWORD@h"], ["inspect", "updates", "--limit", "u:PASSWORD@h"],
    ["run", "--mongodb-uri", "mongodb://u:12/PASSWORD@h"],
    ["run", "--rabbitmq-url", "amqp://u:12#PASSWORD@h"], ["run", "--rabbitmq-url", "amqp://u:12?PASSWORD@h"],
  ])
  func `a usage error quotes no credentials`(arguments: [String]) async throws {
    try await withInstallation { installation in
      let password = Self.ends.joined(separator: "%2F")
      let worker = try installation.start(arguments.map { $0.replacing("PASSWORD", with: password) })
      #expect(try await worker.ending() == .exited(64))
      expectSilence(worker.errors + worker.output, "\(arguments)")
    }
  }

  @Test func `no failure on the way to a server shows credentials, at any log level`() async throws {
    let mongo = try await MongoServer(.exact)
    let listener = try await TLSListener(name: "other.example")
    try await withInstallation(mongo: mongo) { installation in
      let rabbit = try await RabbitServer.owned()
      let closed = try LoopbackPort.free()
      let password = Self.ends[0] + "%2F%40%3A%3F%23%25%C3%A9" + Self.ends[1]
      let credentials = "some%40one:\(password)@"
      let impatient = "serverSelectionTimeoutMS=500"
      let changes: [[String: String]] = [
        ["RABBITMQ_URL": "amqp://\(credentials)127.0.0.1:\(rabbit.port)/"],
        ["RABBITMQ_URL": "amqp://\(credentials)127.0.0.1:\(closed)/"],
        ["RABBITMQ_URL": "amqp://\(credentials)nowhere.invalid/"],
        ["RABBITMQ_URL": "amqps://\(credentials)localhost:\(rabbit.tlsPort)/"],
        ["RABBITMQ_URL": "amqps://\(credentials)localhost:\(rabbit.port)/"],
        ["RABBITMQ_URL": "amqps://\(credentials)localhost:\(rabbit.tlsPort)/?certfile=/no&keyfile=/no"],
        ["MONGODB_URI": "\(installation.mongoURI.replacing("://", with: "://" + credentials))?\(impatient)"],
        ["MONGODB_URI": "mongodb://\(credentials)127.0.0.1:\(closed)/?\(impatient)"],
        ["MONGODB_URI": "mongodb+srv://\(credentials)nowhere.invalid/?\(impatient)"],
        ["MONGODB_URI": "mongodb://\(credentials)localhost:\(listener.port)/?tls=true&\(impatient)"],
        [
          "MONGODB_URI":
            "mongodb://\(credentials)h/?tls=true&tlsCertificateKeyFilePassword=\(password)&x=\(password)&\(impatient)"
        ],
      ]
      for change in changes {
        let worker = try installation.startWorker("--no-wait", "--log-level", "trace", changing: change)
        let ending = try await worker.ending()
        #expect([.exited(64), .exited(69)].contains(ending), "\(change): \(ending)")
        expectSilence(worker.errors + worker.output, "\(change.keys)")
        #expect(
          worker.errors.split(separator: "\n").last?.hasPrefix("chat3-update-worker: ") == true,
          "\(worker.errors)")
      }
    }
  }
}
