import Maintenance
import Pipeline
import TestKit
import TestTraits
import Testing
import Updates

@testable import EmbeddedStore

/// What a file keeps of the replays into it.
@Suite(.bounded) struct WorkJournalTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("store.sqlite")
  }

  private func record(_ published: Int) -> ReplayRecord {
    var tally = Tally()
    tally.events = ["message.create": 2, "dialog.typing": 1]
    tally.updates = [.message: 4, .userStats: 1]
    tally.ignored = ["message.delete": 1]
    (tally.published, tally.alreadyStored) = (published, 7)
    return ReplayRecord(tally, badLines: 3, seconds: 0.25, finishedAt: 1_764_061_200_000.5, isComplete: true)
  }

  @Test func `the last replay that said so is found, also by a reader`() async throws {
    for published in [5, 6] {
      let store = try EmbeddedStore.open(path)
      try await store.note(record(published))
      try store.close()
    }
    // One that was killed has noted nothing.
    try EmbeddedStore.open(path).close()
    let reader = try EmbeddedStore.read(path)
    #expect(try await reader.lastReplay() == record(6))
    #expect(try await reader.lastVerification() == nil)
    try reader.close()
  }

  @Test func `a file of the first version, which has none, is read all the same`() async throws {
    try FirstSchema.make(at: path)
    let reader = try EmbeddedStore.read(path)
    #expect(try await reader.lastReplay() == nil)
    try reader.close()
  }
}
