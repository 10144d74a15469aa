import BSON
import Foundation
import LiveHarness
import Pipeline
import RabbitBroker
import TestKit
import TestServers
import TestTraits
import Testing
import Updates

/// The live page in a browser, beside MongoDB and RabbitMQ.
@Suite(.bounded) struct LivePageTests {
  @Test func `an update that is stored gets a row, and the row says when it is published`() async throws {
    await BrowserTests.turns.take()
    defer { BrowserTests.turns.giveBack() }
    try await withInstallation { installation in
      let client = try installation.client()
      let web = try await WebProcess(installation)
      let folder = try TemporaryFolder()
      let script = Repository.file("Tests/Servers/InspectorServerTests/live_test.py").path
      let screenshot = ProcessInfo.processInfo.environment["LIVE_PAGE_SCREENSHOT"]
      let browser = try SpawnedProcess(
        PythonPackage.programs("selenium==4.27.1").appendingPathComponent("python3").path,
        [script, "\(web.port)"] + (screenshot.map { [$0] } ?? []), in: folder.path,
        output: folder.path("said"),
        errors: folder.path("errors"))
      func text(_ file: String) -> String {
        String(decoding: FileManager.default.contents(atPath: folder.path(file)) ?? Data(), as: UTF8.self)
      }
      func says(_ word: String) async throws {
        try await until("the browser says \(word)") {
          if text("said").split(separator: "\n").last == word[...] { return true }
          guard browser.isRunning else { throw TestServerError(text("errors")) }
          return false
        }
      }
      func publish(_ update: StoredUpdate) throws {
        try client.publish(
          [(update.body(publishedAt: update.createdAt + 1), update.routingKey)],
          to: installation.topology.updatesExchange)
      }
      let updates = try ["a", "b"].map { try WebTests.unpublished(for: "maria", id: $0) }
      try await says("following")
      for update in updates { try installation.database.run(update.insertion) }
      try await says("stored")
      try publish(updates[0])
      try await says("paused")
      try publish(updates[1])
      try await until("the browser has ended") { !browser.isRunning }
      #expect(browser.wait() == .exited(0), "\(text("errors"))")
    }
  }
}
