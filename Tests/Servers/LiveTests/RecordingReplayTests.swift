import BSON
import EmbeddedStore
import LiveHarness
import Maintenance
import MongoStore
import Pipeline
import RabbitBroker
import ReplayHarness
import SpecModel
import Synchronization
import TestServers
import TestTraits
import Testing
import Updates

/// What is recorded with its state beside a live worker gives, replayed, the updates that the worker has made.
@Suite(.bounded) struct RecordingReplayTests {
  /// The line, written plainly, without what nx-27017 takes for something else than MongoDB does: keys with
  /// `$` for extended JSON, and 0 for false. A line that is not JSON stays as it is. The line with over a hundred
  /// statuses of one message is left out (`nil`): which of them are the newest hundred is decided by MongoDB's
  /// own order where a `createdAt` is not a number, and differently by the embedded store.
  private static func bearable(_ line: String) -> String? {
    guard let document = try? JSONReader.object(Array(line.utf8)) else { return line }
    let statuses = document.document("upsert")?["messagestatuses"]?.array
    if statuses?.count(where: { _ in true }) ?? 0 > 100 { return nil }
    return String(decoding: JSONWriter.text(document), as: UTF8.self).replacing("\"$", with: "\"S")
      .replacing("\"isActive\":0", with: "\"isActive\":1")
  }

  @Test(arguments: 1...4)
  func `a replay of the recording of random traffic gives what the live worker has stored`(seed: Int)
    async throws
  {
    var generator = TimelineGenerator(seed: UInt64(2000 + seed))
    let lines = generator.timeline(events: 60).compactMap(Self.bearable)
    try await withInstallation { installation in
      let written = Mutex<[[UInt8]]>([])
      let isReady = Mutex(false)
      let store = MongoStore(try MongoConfiguration(uri: installation.mongoURI))
      let recorder = EventRecorder(
        tap: BrokerEventTap(try installation.brokerConfiguration(), pattern: "#"), state: (store, store),
        selection: EventSelection(tenantId: nil, dialogId: nil), mask: try RecordingMask([]),
        write: { line in written.withLock { $0.append(line) } },
        notice: { if case .ready = $0 { isReady.withLock { $0 = true } } })
      let recording = Task { try await recorder.run() }
      try await until("it records") { isReady.withLock { $0 } }
      let worker = try WorkerInProcess(installation)
      let client = try installation.client()
      var events = 0
      func bothHaveHandledAll() async throws {
        try await worker.hasHandled(events)
        try await until("all is recorded") {
          let tally = await recorder.tally
          return tally.recorded + tally.unrecordable.values.reduce(0, +) == events
        }
      }
      for line in lines where !line.hasPrefix("#") && !line.isEmpty {
        if let document = try? JSONReader.object(Array(line.utf8)), StateChange.isStateLine(document) {
          try await bothHaveHandledAll()
          do { try await installation.store.apply(StateChange(document)) } catch is BadEvent {}
        } else {
          try client.publish(Array(line.utf8), to: installation.topology.eventsExchange, "e.t")
          events += 1
        }
      }
      try await bothHaveHandledAll()
      try await recorder.stop()
      try await recording.value
      try await worker.stop()
      await store.close()

      let replayed = try EmbeddedStore.inMemory()
      _ = try await replay(written.withLock { $0 }, into: replayed)
      let live = try await installation.storedUpdates().map(storedJSON)
      let found = differences(try await ReplayHarness.storedUpdates(replayed), live)
      #expect(found.prefix(3) == [])
      #expect(live.count > 50)
    }
  }
}
