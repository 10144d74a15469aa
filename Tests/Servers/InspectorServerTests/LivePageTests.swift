import BSON
import Foundation
import LiveHarness
import Pipeline
import RabbitBroker
import TestServers
import TestTraits
import Testing
import Updates

/// The live page in a browser, beside MongoDB and RabbitMQ.
@Suite(.bounded) struct LivePageTests {
  @Test func `an update that is stored gets a row, and the row says when it is published`() async throws {
    try await withInstallation { installation in
      let client = try installation.client()
      let web = try await WebProcess(installation)
      func publish(_ update: StoredUpdate) throws {
        try client.publish(
          [(update.body(publishedAt: update.createdAt + 1), update.routingKey)],
          to: installation.topology.updatesExchange)
      }
      let updates = try ["a", "b"].map { try WebTests.unpublished(for: "maria", id: $0) }
      let screenshot = ProcessInfo.processInfo.environment["LIVE_PAGE_SCREENSHOT"]
      try await BrowserScript.run("live_test.py", ["\(web.port)"] + (screenshot.map { [$0] } ?? [])) {
        browser in
        try await browser.says("following")
        for update in updates { try installation.database.run(update.insertion) }
        try await browser.says("stored")
        try publish(updates[0])
        try await browser.says("paused")
        try publish(updates[1])
      }
    }
  }
}
