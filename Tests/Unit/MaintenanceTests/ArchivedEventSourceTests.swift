import ScriptedEnds
import Maintenance
import BSON
import Pipeline
import Synchronization
import Testing
import Updates

/// An archive as a source of events.
@Suite struct ArchivedEventSourceTests {
  private func record(_ number: Int, _ build: (inout BSONWriter) -> Void = { _ in }) throws -> BSONDocument {
    var output = BSONWriter()
    output.append(
      "_id", try #require(ObjectId(bytes: ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + [UInt8(number)])[...])))
    output.append("tenantId", "t")
    output.append("eventType", "dialog.update")
    output.append("createdAt", Double(number) + 0.25)
    build(&output)
    return output.finish()
  }

  @Test func `ObjectIds and dates of a record are text, as in the message that the API sent`() async throws {
    let id = try #require(ObjectId("64b0000000000000000000ff"))
    var record = try record(1) { output in
      output.open("data")
      output.append("owner", id)
      output.append("at", Int64(1_763_551_369_397))
      output.append("whole", 5.0)
      output.close()
    }
    // The writer knows no dates: the integer becomes one.
    var bytes = Array(record.bytes)
    let at = try #require(bytes.firstRange(of: [0x12] + Array("at".utf8) + [0]))
    bytes[at.lowerBound] = 0x09
    record = try BSONDocument(validating: bytes)
    let source = ArchivedEventSource(
      MemoryArchive([record]), range: EventRange(tenantId: nil, since: 0, until: nil))
    try await source.connect()
    let delivery = try #require(try await source.next(limit: 10).first)
    guard case .document(let event) = delivery.content else {
      Issue.record("no document: \(delivery.content)")
      return
    }
    #expect(
      String(decoding: JSONWriter.text(event), as: UTF8.self)
        == #"{"_id":"000000000000000000000001","tenantId":"t","eventType":"dialog.update","createdAt":1.25,"data":{"owner":"64b0000000000000000000ff","at":"2025-11-19T11:22:49.397Z","whole":5}}"#
    )
    #expect(event.document("data")?["owner"]?.type == .string)
  }

  @Test func `after a failure it goes on after the last acknowledged event`() async throws {
    let archive = MemoryArchive(try (1...20).map { try record($0) })
    let reached = Mutex<[Double]>([])
    let source = ArchivedEventSource(archive, range: EventRange(tenantId: nil, since: 0, until: nil)) {
      position in
      reached.withLock { $0.append(position) }
    }
    try await source.connect()
    let first = try await source.next(limit: 5)
    try await source.acknowledge(first.map(\.tag))
    archive.outage.plan(ScriptedFault(message: "gone"))
    await #expect(throws: ScriptedFault.self) { _ = try await source.next(limit: 5) }
    try await source.connect()
    var rest: [Delivery] = []
    while true {
      let batch = try await source.next(limit: 5)
      if batch.isEmpty { break }
      rest += batch
      try await source.acknowledge(batch.map(\.tag))
    }
    // The last event comes again, because another one may have the same time.
    #expect(rest.count == 16)
    #expect(archive.asked.withLock { $0 } == [0, 5.25])
    #expect(reached.withLock { $0 } == [5.25, 9.25, 14.25, 19.25, 20.25])
    #expect(await source.isAtEnd)
  }

  @Test func `a record that no message can be is a bad event with its id; nothing comes after a release`()
    async throws
  {
    let deep = try record(7) { output in
      for _ in 1...120 { output.open("d") }
    }
    let source = ArchivedEventSource(
      MemoryArchive([deep, try record(8)]), range: EventRange(tenantId: nil, since: 0, until: nil))
    try await source.connect()
    let delivery = try #require(try await source.next(limit: 1).first)
    guard case .unreadable = delivery.content else {
      Issue.record("readable: \(delivery.content)")
      return
    }
    #expect(await source.name(of: delivery.tag) == "000000000000000000000007")
    await source.release()
    #expect(try await source.next(limit: 1).isEmpty)
  }
}
