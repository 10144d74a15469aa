import BSON
import Maintenance
import ScriptedEnds
import Synchronization
import Updates

/// Archived events in memory. Every stream fails as often as `outage` is told.
final class MemoryArchive: EventArchive {
  let records: [BSONDocument]
  let outage = Outage()
  /// The start of each range that was asked for.
  let asked = Mutex<[Double]>([])

  init(_ records: [BSONDocument]) { self.records = records }

  convenience init(_ events: [ScriptedEvent]) {
    self.init(events.map { event in event.header.document.replacing { $0.append("_id", event.id) } })
  }

  func events(in range: EventRange, types: [EventType]) async throws -> any RecordStream {
    asked.withLock { $0.append(range.since) }
    let found = records.filter { record in
      let time = record["createdAt"]?.number ?? 0
      let type = record["eventType"]?.string ?? ""
      return time >= range.since && range.until.map { time < $0 } ?? true
        && range.tenantId.map { $0.string == record["tenantId"]?.string } ?? true
        && (types.isEmpty || types.contains { $0.rawValue == type })
    }
    return MemoryStream(found, outage)
  }

  func bounds(of range: EventRange) async -> ClosedRange<Double>? { nil }
}

/// Records in memory as a stream.
final class MemoryStream: RecordStream {
  private let rest: Mutex<[BSONDocument]>
  private let outage: Outage

  init(_ records: [BSONDocument], _ outage: Outage = Outage()) {
    rest = Mutex(records)
    self.outage = outage
  }

  func next(_ count: Int) async throws -> [BSONDocument] {
    try outage.strike()
    return rest.withLock { rest in
      defer { rest.removeFirst(min(count, rest.count)) }
      return Array(rest.prefix(count))
    }
  }
}
