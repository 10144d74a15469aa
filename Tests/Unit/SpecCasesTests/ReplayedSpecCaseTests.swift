import BSON
import EmbeddedStore
import Pipeline
import ReplayHarness
import SpecCases
import SpecModel
import Synchronization
import Testing
import Updates

/// What the plain replay of a case has come to. Each case is replayed once for all tests.
private actor PlainReplays {
  static let shared = PlainReplays()

  private var replays: [String: Task<(ReplayResult, [ObservedUpdate]), any Error>] = [:]

  func of(_ specCase: SpecCase) async throws -> (result: ReplayResult, stored: [ObservedUpdate]) {
    let replaying =
      replays[specCase.name]
      ?? Task {
        let store = try EmbeddedStore.inMemory()
        let result = try await replay(specCase.lines.map(\.bytes), into: store)
        return (result, try await updates(in: store))
      }
    replays[specCase.name] = replaying
    return try await replaying.value
  }
}

/// Replays every case of the spec into a store in memory.
@Suite struct ReplayedSpecCaseTests {
  @Test(arguments: SpecCase.all)
  func `a replay stores what the spec says`(specCase: SpecCase) async throws {
    let (result, stored) = try await PlainReplays.shared.of(specCase)
    #expect(specCase.complaints(aboutStored: stored) == [])
    #expect(specCase.complaints(aboutBadLines: result.badLines) == [])
    #expect(result.tally.bad == result.badLines.count - specCase.badStateLines)
    #expect(result.tally.ignored.values.reduce(0, +) == specCase.ignored)
    #expect(stored.allSatisfy { $0.fields["published"] == false && $0.fields["publishedAt"] == .null })
  }

  @Test(arguments: SpecCase.all)
  func `the published updates are the stored ones`(specCase: SpecCase) async throws {
    let store = try EmbeddedStore.inMemory()
    let publisher = CapturingPublisher()
    let result = try await replay(specCase.lines.map(\.bytes), into: store, publisher: publisher)
    let stored = try await updates(in: store)
    let sendable = stored.filter { $0.routingKey.utf8.count <= 255 }
    let messages = publisher.messages
    #expect(specCase.complaints(aboutStored: stored) == [])
    #expect(messages.map(\.routingKey) == sendable.map(\.routingKey))
    #expect(result.tally.unsendable == stored.count - sendable.count)
    for update in stored where update.routingKey.utf8.count > 255 {
      #expect(update.fields["published"] == false)
    }
    var bodies: [ObservedUpdate] = []
    for (message, update) in zip(messages, sendable) {
      let body = try ObservedUpdate(
        String(decoding: message.body, as: UTF8.self), routingKey: message.routingKey)
      bodies.append(body)
      #expect(body.fields["routingKey"] == nil)
      #expect(body.fields["published"] == true)
      #expect(body.fields["publishedAt"]?.number != nil)
      #expect(body.fields["_id"] == .string(message.id.description))
      #expect(body.fields["tenantId"] == .string(message.tenantId.string))
      #expect(body.fields["userId"] == .string(message.userId.string))
      #expect(body.fields["eventType"] == .string(message.eventType))
      #expect(body.fields["eventId"] == .string(message.eventId.description))
      #expect(body.fields["createdAt"]?.number == .double(message.createdAt))
      #expect(message.routingKey.hasSuffix(".\(message.type?.rawValue.lowercased() ?? "?")"))
      let shown = JSON.object((update.fields.object ?? [:]).filter { $0.key != "routingKey" })
      #expect(body.fields.sameValue(as: shown), "\(body.text) is not \(shown.text)")
    }
    #expect(specCase.complaints(aboutPublished: bodies) == [])
  }

  @Test(arguments: SpecCase.all)
  func `replays with different limits give the same updates under the same ids`(
    specCase: SpecCase
  ) async throws {
    var narrow = PipelineLimits()
    narrow.openEvents = 2
    narrow.letsOthersPass = false
    narrow.updatesPerRound = 1...1
    let store = try EmbeddedStore.inMemory()
    _ = try await replay(specCase.lines.map(\.bytes), into: store, limits: narrow)
    let usual = try await PlainReplays.shared.of(specCase).stored.map { withoutTimes($0.fields) }
    let others = try await updates(in: store).map { withoutTimes($0.fields) }
    #expect(differences(usual, others) == [])
    #expect(Set(usual.compactMap { $0["_id"]?.string }).count == usual.count, "each id occurs once")
  }

  @Test func `every section about replays has cases, and no two cases have the same name`() {
    let names = SpecCase.all.map(\.name)
    #expect(Set(names).count == names.count)
    let sections = Set(SpecCase.all.map(\.section))
    #expect(sections == ["§1", "§2", "§3", "§3.1", "§4", "§5", "§6", "§8", "§9"])
  }

  @Test(arguments: SpecCase.all)
  func `the model of the spec agrees with the case`(specCase: SpecCase) throws {
    var model = SpecModel()
    var kept = StoredUpdates()
    var badLines: [(line: Int, reason: String)] = []
    var ignored = 0
    for (index, line) in specCase.lines.enumerated() {
      switch model.handle(line: line.bytes) {
      case .updates(let updates): kept.store(updates)
      case .bad: badLines.append((index + 1, ""))
      case .ignored: ignored += 1
      case .skipped, .state: break
      }
    }
    let varying: Fields = ["_id": "", "createdAt": 0, "published": false, "publishedAt": .null]
    let updates = try kept.all.map { update in
      try ObservedUpdate(JSON.object((update.json.object ?? [:]).merging(varying) { $1 }).text)
    }
    #expect(specCase.complaints(aboutStored: updates) == [])
    #expect(badLines.map(\.line) == specCase.badLines.map(\.line))
    #expect(ignored == specCase.ignored)
  }

  @Test(arguments: SpecCase.all)
  func `a case complains about every deviation from what it expects`(specCase: SpecCase) async throws {
    let (result, stored) = try await PlainReplays.shared.of(specCase)
    if let last = stored.last {
      #expect(specCase.complaints(aboutStored: stored.dropLast()) != [], "an update is missing")
      #expect(specCase.complaints(aboutStored: stored + [last]) != [], "an update is there twice")
      let marked = JSON.object((last.fields.object ?? [:]).merging(["x": 1]) { $1 })
      #expect(specCase.complaints(aboutStored: try stored.dropLast() + [ObservedUpdate(marked.text)]) != [])
    }
    #expect(specCase.complaints(aboutBadLines: result.badLines + [(line: 9999, reason: "")]) != [])
    if !result.badLines.isEmpty {
      #expect(specCase.complaints(aboutBadLines: result.badLines.dropLast()) != [])
    }
  }

  private func withoutTimes(_ update: JSON) -> JSON {
    .object((update.object ?? [:]).filter { !["createdAt", "publishedAt", "published"].contains($0.key) })
  }
}

/// All stored updates with all their fields, in the order in which they were stored.
private func updates(in store: EmbeddedStore) async throws -> [ObservedUpdate] {
  let found = Mutex<[ObservedUpdate]>([])
  var query = UpdateQuery()
  query.limit = 0
  try await store.updates(matching: query) { update in
    let observed = try ObservedUpdate(String(decoding: JSONWriter.text(update.document), as: UTF8.self))
    found.withLock { $0.append(observed) }
    return true
  }
  return found.withLock { $0.reversed() }
}

extension SpecCase {
  /// How many of the bad lines are state lines, which the tally does not count.
  fileprivate var badStateLines: Int {
    badLines.count { bad in
      guard let line = try? JSON.parse(lines[bad.line - 1].bytes) else { return false }
      return line["upsert"] != nil || line["delete"] != nil
    }
  }
}
