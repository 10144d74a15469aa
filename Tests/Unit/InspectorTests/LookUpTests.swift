import Foundation
import Operations
import Pipeline
import Synchronization
import TestServers
import TestTraits
import Testing

@testable import Inspector

/// What bounds look-ups.
@Suite(.bounded) struct LookUpTests {
  @Test func `a look-up that takes too long is given up and told to end`() async throws {
    let isCancelled = Mutex(false)
    let error = await #expect(throws: InspectorError.self) {
      try await limited(to: .milliseconds(5)) {
        do {
          try await Task.sleep(for: .seconds(60))
        } catch {
          isCancelled.withLock { $0 = true }
        }
      }
    }
    #expect(error?.code == .unavailable)
    try await until("the look-up is cancelled") { isCancelled.withLock { $0 } }
  }

  @Test func `a look-up in time has its result, or its error`() async throws {
    #expect(try await limited(to: .seconds(60)) { 7 } == 7)
    let error = await #expect(throws: InspectorError.self) {
      try await limited(to: .seconds(60)) { throw InspectorError(.notFound, "It is not there.") }
    }
    #expect(error?.code == .notFound)
  }

  @Test func `a client has two look-ups at once, and another client does not wait for it`() async throws {
    let turns = ClientTurns(atOnce: 2, longestLine: 100, patience: .seconds(600))
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let running = Running()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask {
          try await turns.perform(for: "a") {
            running.begin()
            for await _ in gate {}
            running.end()
          }
        }
      }
      try await until("two run") { running.counts.now == 2 }
      #expect(try await turns.perform(for: "b") { 1 } == 1)
      open.finish()
      try await group.waitForAll()
    }
    #expect(running.counts.most == 2 && running.counts.done == 20)
  }

  @Test func `a turn lasts until the look-up has ended, also when it was given up before`() async throws {
    let turns = ClientTurns(atOnce: 1, longestLine: 1, patience: .seconds(600))
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let ended = Mutex(false)
    let error = await #expect(throws: InspectorError.self) {
      try await turns.perform(for: "a", within: .milliseconds(5)) {
        // Nothing that notices a cancelled task, as a server is that works on a query.
        await Task.detached { for await _ in gate {} }.value
        ended.withLock { $0 = true }
      }
    }
    #expect(error?.code == .unavailable)
    let waiting = Task {
      try await turns.perform(for: "a") { ended.withLock { $0 } }
    }
    #expect(try await turns.perform(for: "b") { true })
    open.finish()
    #expect(try await waiting.value)
  }

  @Test func `a line that is too long is refused`() async throws {
    let turns = ClientTurns(atOnce: 1, longestLine: 0)
    try await turns.perform(for: "a") {
      let error = await #expect(throws: InspectorError.self) { try await turns.perform(for: "a") {} }
      #expect(error?.code == .unavailable)
    }
  }
}

/// How many look-ups run, have run at the same time, and are done.
private final class Running: Sendable {
  struct Counts {
    var now = 0
    var most = 0
    var done = 0
  }

  private let state = Mutex(Counts())

  var counts: Counts { state.withLock { $0 } }

  func begin() {
    state.withLock { state in
      state.now += 1
      state.most = max(state.most, state.now)
    }
  }

  func end() {
    state.withLock { state in
      state.now -= 1
      state.done += 1
    }
  }
}

/// The server, on a socket.
@Suite(.bounded) struct InspectorServerTests {
  @Test func `pages are served, also when asked in an unreasonable way`() async throws {
    let fixture = try await InspectedFixture {
      $0.rules = SafetyRules(token: nil, host: "127.0.0.1", port: 1, names: [])
    }
    let server = try await InspectorServer.start(
      at: EndpointAddress(host: "127.0.0.1", port: 0), onFault: { _ in }
    ) { _ in fixture.inspector }
    let port = server.address.port
    let page = try PlainHTTP.get("/updates", port: port)
    #expect(page.status == 200 && page.body.contains("maria"))
    #expect(page.fields["content-security-policy"]?.hasPrefix("default-src 'self'") == true)
    let head = try PlainHTTP.get("/updates", port: port, method: "HEAD")
    #expect(head.status == 200 && head.fields["content-length"] == page.fields["content-length"])
    let long = try PlainHTTP.get("/updates?q=" + String(repeating: "x", count: 100_000), port: port)
    #expect(long.status == 400 && long.body.contains("bytes long"))
    let taken = await #expect(throws: EndpointError.self) {
      _ = try await InspectorServer.start(
        at: EndpointAddress(host: "127.0.0.1", port: port), onFault: { _ in }
      ) { _ in fixture.inspector }
    }
    #expect(taken?.message.contains("--listen") == true)
    await server.close()
  }
}
