import MongoStore
import Pipeline
import ReplayHarness
import SpecModel
import TestServers
import Testing

/// Random timelines give the same updates through MongoDB as through the model of the spec. TimelinesTests
/// checks the same for the embedded store.
@Suite struct TimelineConformance {
  @Test(arguments: 101...106)
  func `a random timeline through MongoDB gives what the model of the spec gives`(seed: Int) async throws {
    var generator = TimelineGenerator(seed: UInt64(seed))
    let lines = generator.rawTimeline(events: 60)
    var model = SpecModel()
    var expected = StoredUpdates()
    var badLines: [Int] = []
    for (index, line) in lines.enumerated() {
      switch model.handle(line: line) {
      case .updates(let updates): expected.store(updates)
      case .bad: badLines.append(index + 1)
      case .ignored, .skipped, .state: break
      }
    }
    try await StoreKind.mongo.withStore { store in
      let publisher = CapturingPublisher()
      let result = try await replay(lines, into: store, publisher: publisher)
      #expect(result.badLines.map(\.line) == badLines)
      let found = differences(try await storedUpdates(store), expected.all.map(\.json))
      #expect(found.prefix(3) == [])
      #expect(
        Set(publisher.messages.map(\.id)).count == publisher.messages.count, "no update is published twice")
    }
  }
}
