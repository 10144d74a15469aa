import Foundation
import LiveHarness
import RabbitBroker
import TestKit
import TestServers
import TestTraits
import Testing
import Updates

/// The programs in `Examples/` show exactly the updates that their user is due: those of no other tenant and no
/// other user, and none twice.
@Suite(.bounded) struct ConsumerExampleTests {
  /// Both tenants have an `ann`, who is in a dialog; in the first tenant `bob` is in it too.
  private static let members = [("t1", "ann"), ("t1", "bob"), ("t2", "ann")].map {
    #"{"tenantId":"\#($0)","dialogId":"d","userId":"\#($1)","unreadCount":0}"#
  }

  private static func event(_ number: Int, tenant: String) -> String {
    #"{"_id":"\#(Traffic.id(number))","tenantId":"\#(tenant)","eventType":"dialog.update","createdAt":1000.5,"#
      + #""data":{"dialog":{"dialogId":"d"}}}"#
  }

  enum Example: String, CaseIterable, CustomTestStringConvertible {
    case python, swift

    var testDescription: String { rawValue }

    func start(_ arguments: [String], environment: [String: String], in folder: TemporaryFolder) throws
      -> SpawnedProcess
    {
      let program: [String] =
        switch self {
        case .python:
          [
            try PythonPackage.programs("pika==1.3.2").appendingPathComponent("python").path,
            Repository.file("Examples/python/consume_updates.py").path,
          ]
        case .swift: [WorkerProcess.built("consume-updates")]
        }
      return try SpawnedProcess(
        program[0], program.dropFirst() + arguments, in: folder.path, output: folder.path("output"),
        errors: folder.path("errors"), environment: ["PATH": "/usr/bin:/bin"].merging(environment) { $1 })
    }
  }

  @Test(arguments: Example.allCases)
  func `a consumer shows each update of its user once, and none of another tenant`(_ example: Example)
    async throws
  {
    try await withInstallation { installation in
      try installation.database.insert(Self.members, into: "dialogmembers")
      let folder = try TemporaryFolder()
      let consumer = try example.start(
        ["--tenant", "t1", "--user", "ann", "--connection", installation.tap, "--count", "4"],
        environment: installation.environment, in: folder)
      defer { consumer.send(SIGKILL) }
      func text(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: folder.path(name)) ?? Data(), as: UTF8.self)
      }
      try await until("the consumer waits for updates: \(text("errors"))") {
        if text("errors").contains("waiting for updates") { return true }
        guard consumer.isRunning else { throw TestServerError("the consumer has ended: \(text("errors"))") }
        return false
      }

      let client = try installation.client()
      let worker = try WorkerInProcess(installation)
      let exchange = installation.topology.eventsExchange
      try client.publish(
        [Self.event(0, tenant: "t1"), Self.event(1, tenant: "t2"), Self.event(2, tenant: "t1")], to: exchange,
        "dialog.update.t")
      try await worker.hasHandled(3)
      // Not marked, as after a kill between the confirm and the mark: the worker publishes it again.
      try installation.database.run(
        #"{"update":"updates","updates":[{"q":{"userId":"ann"},"u":{"$set":{"published":false}},"multi":true}]}"#
      )
      try client.publish(
        [Self.event(0, tenant: "t1"), Self.event(3, tenant: "t1"), Self.event(4, tenant: "t1")], to: exchange,
        "dialog.update.t")
      try await worker.hasHandled(6)
      try await worker.stop()

      try await until("the consumer has shown four updates") { !consumer.isRunning }
      #expect(consumer.wait() == .exited(0), "\(text("errors"))")
      let stored = try await installation.storedUpdates()
      let due = stored.filter { $0.tenantId.string == "t1" && $0.userId.string == "ann" }
      let expected = due.map { "\($0.id) DialogUpdate dialog.update d" }
      #expect(text("output").split(separator: "\n").map(String.init) == expected)
    }
  }
}
