import TestKit
import BSON
import EmbeddedStore
import Pipeline
import ReplayHarness
import SpecModel
import Testing

/// Compares the planner, the look-ups and the store with the naive model of the spec, on random timelines.
@Suite struct DifferentialTests {
  /// The limits are small, so that rounds, rosters and slices are cut in many places.
  private static var narrow: PipelineLimits {
    var limits = PipelineLimits()
    limits.openEvents = 7
    limits.updatesPerRound = 5...5
    return limits
  }

  @Test(arguments: RandomSeeds.from(1, count: 40))
  func `a random timeline gives what the model of the spec gives`(seed: Int) async throws {
    var generator = TimelineGenerator(seed: UInt64(seed))
    let lines = generator.rawTimeline(events: 120)
    let expected = model(lines)
    let folder = try TemporaryFolder()
    var store = try EmbeddedStore.open(folder.path("store.sqlite"))
    let publisher = CapturingPublisher()
    var limits = seed.isMultiple(of: 2) ? Self.narrow : PipelineLimits()
    limits.letsOthersPass = seed % 4 < 2
    let result = try await replay(lines, into: store, publisher: publisher, limits: limits)

    let isOrdered = !limits.letsOthersPass
    func badLines(_ result: ReplayResult) -> [Int] {
      let lines = result.badLines.map(\.line)
      return isOrdered ? lines : lines.sorted()
    }
    #expect(badLines(result) == expected.badLines)
    #expect(result.tally.ignored.values.reduce(0, +) == expected.ignored)
    let stored = try await storedUpdates(store)
    #expect(
      differences(stored, expected.updates, isOrdered: isOrdered).prefix(3) == [])
    let published = try publisher.messages.map(publishedJSON)
    let sendable = expected.updates.filter { ($0["routingKey"]?.string?.text.utf8.count ?? 0) <= 255 }
    #expect(published.count == sendable.count)

    try store.close()
    store = try EmbeddedStore.open(folder.path("store.sqlite"))
    let again = try await replay(lines, into: store, publisher: publisher, limits: limits)
    #expect(again.tally.totalUpdates == 0, "a second replay stores nothing new")
    #expect(badLines(again) == expected.badLines)
    #expect(publisher.messages.count == published.count, "published updates are not published again")
    #expect(try await storedUpdates(store).count == stored.count)
  }

  private func model(_ lines: [[UInt8]]) -> (updates: [JSON], badLines: [Int], ignored: Int) {
    var model = SpecModel()
    var stored = StoredUpdates()
    var badLines: [Int] = []
    var ignored = 0
    for (index, line) in lines.enumerated() {
      switch model.handle(line: line) {
      case .updates(let updates): stored.store(updates)
      case .bad: badLines.append(index + 1)
      case .ignored: ignored += 1
      case .skipped, .state: break
      }
    }
    return (stored.all.map(\.json), badLines, ignored)
  }
}
