import BSON
import EmbeddedStore
import Foundation
import Pipeline
import ReplayHarness
import Synchronization
import TestKit

@testable import Inspector

/// An inspector of a fixture that was replayed into a store in memory.
struct InspectedFixture {
  static let token = "0123456789abcdef0123456789abcdef"

  let inspector: Inspector
  let store: EmbeddedStore

  /// - Parameters:
  ///   - name: A file in `fixtures/`, without its ending, whose store is shared and only read; `nil`: a new store.
  ///   - lines: What is replayed into a new store.
  ///   - publisher: What publishes the updates of these lines; `nil`: nobody does.
  init(
    _ name: String? = "support-chat", lines: [String] = [], publisher: (any UpdatePublisher)? = nil,
    letters: (any LetterBox)? = nil,
    tap: (any UpdateTap)? = nil,
    _ adjust: (inout InspectorConfiguration) throws -> Void = { _ in }
  ) async throws {
    if let name {
      store = try await ReplayedStores.shared.store(of: name)
    } else {
      store = try EmbeddedStore.inMemory()
      if !lines.isEmpty { _ = try await ReplayHarness.replay(lines, into: store, publisher: publisher) }
    }
    var configuration = InspectorConfiguration(
      rules: SafetyRules(token: Self.token, host: "127.0.0.1", port: 8411, names: []),
      storeName: "sqlite:chat3.sqlite", storeArgument: "sqlite:chat3.sqlite")
    // Other tests may keep the machine busy meanwhile.
    (configuration.longestLookUp, configuration.patience) = (.seconds(60), .seconds(60))
    try adjust(&configuration)
    inspector = try Inspector(store, letters: letters, tap: tap, configuration)
  }

  /// A request that knows the token.
  static func request(
    _ target: String, method: String = "GET", fields: [String: String] = [:]
  ) -> InspectorRequest {
    var request = InspectorRequest(method, target)
    request.fields = ["host": "127.0.0.1:8411", "authorization": "Bearer \(token)"]
    request.fields.merge(fields) { $1 }
    request.client = "127.0.0.1"
    return request
  }

  func answer(_ target: String, method: String = "GET", fields: [String: String] = [:]) async
    -> InspectorAnswer
  {
    await inspector.answer(Self.request(target, method: method, fields: fields))
  }

  /// The body of a page, which has to be there.
  func page(_ target: String) async -> String { await answer(target).text ?? "" }

  func json(_ target: String) async throws -> BSONDocument {
    try JSONReader.object(Array(await page(target).utf8))
  }

  /// The updates that a search finds.
  func updates(_ search: String) async throws -> [BSONDocument] {
    let target = Link("/api/v1/updates", [("q", search), ("limit", "500")]).string
    return try await json(target)["updates"]?.array?.compactMap(\.document) ?? []
  }
}

/// Stores in memory of fixtures that were replayed, each once.
private actor ReplayedStores {
  static let shared = ReplayedStores()

  private var stores: [String: Task<EmbeddedStore, any Error>] = [:]

  func store(of name: String) async throws -> EmbeddedStore {
    if let known = stores[name] { return try await known.value }
    let replaying = Task {
      let store = try EmbeddedStore.inMemory()
      let lines = try Data(contentsOf: InspectedFixture.file(name)).split(separator: UInt8(ascii: "\n"))
      _ = try await ReplayHarness.replay(lines.map { Array($0) }, into: store)
      return store
    }
    stores[name] = replaying
    return try await replaying.value
  }
}

/// Dead letters that cannot be reached.
struct UnreachableLetters: LetterBox {
  struct Failure: Error {}

  func count() async throws -> Int { throw Failure() }
  func read(limit: Int) async throws -> [Letter] { throw Failure() }
  func perform(_ action: LetterAction, on digests: Set<String>, within bounds: LetterBounds) async
    -> LetterOutcome
  {
    LetterOutcome(count: 0, end: .failed(Failure()))
  }
}

/// Dead letters in memory.
final class LettersInMemory: LetterBox {
  let letters: Mutex<[Letter]>
  let requeued = Mutex<[Letter]>([])

  init(_ letters: [Letter]) {
    self.letters = Mutex(letters)
  }

  func count() async throws -> Int { letters.withLock { $0.count } }

  func read(limit: Int) async throws -> [Letter] { letters.withLock { Array($0.prefix(limit)) } }

  func perform(_ action: LetterAction, on digests: Set<String>, within bounds: LetterBounds) async
    -> LetterOutcome
  {
    letters.withLock { letters in
      let chosen = letters.filter { digests.contains($0.digest) }
      letters.removeAll { digests.contains($0.digest) }
      if action == .requeue { requeued.withLock { $0 += chosen } }
      return LetterOutcome(count: chosen.count, end: .complete)
    }
  }
}

extension Letter {
  init(body: String, reason: String) {
    self.init(
      body: Array(body.utf8), properties: .empty, headers: .empty, reason: reason,
      failedAt: "2026-11-21T12:30:00.000Z", routingKey: "message.create")
  }
}

extension InspectedFixture {
  static func file(_ name: String) -> URL { Repository.file("fixtures/\(name).ndjson") }

  /// Replays a timeline into the store that is inspected.
  func replay(_ timeline: Data) async throws {
    let lines = timeline.split(separator: UInt8(ascii: "\n")).map { Array($0) }
    _ = try await ReplayHarness.replay(lines, into: store)
  }

  /// How many updates a search finds, in all pages.
  func count(_ search: String) async throws -> Int {
    var (count, cursor): (Int, String?) = (0, nil)
    repeat {
      let target = Link("/api/v1/updates", [("q", search), ("limit", "500"), ("cursor", cursor)]).string
      let page = try await json(target)
      count += page["updates"]?.array?.count { _ in true } ?? 0
      cursor = page["next"]?.string
    } while cursor != nil
    return count
  }
}
