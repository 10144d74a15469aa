import BSON
import Updates

/// A range of archived events as a source of the pipeline. After a failure, ``connect()`` goes on where
/// ``acknowledge(through:)`` has got to.
public actor ArchivedEventSource: LiveEventSource {
  /// A batch ends when it holds so many bytes.
  private static let fullBatch = 16 << 20
  /// Events fetched at a time: a bound of what a batch may hold too much, at 16 MiB each.
  private static let piece = 8

  private let archive: any EventArchive
  private let range: EventRange
  private let reached: @Sendable (Double) throws -> Void
  private var stream: (any RecordStream)?
  private var isReleased = false
  private var tag: UInt64 = 0
  /// Handed out and not acknowledged.
  private var inHand: [(tag: UInt64, event: Event)] = []

  /// What is known of an event that was handed out.
  private struct Event {
    let name: String
    let createdAt: Double
    let key: EventKey?
  }

  /// `createdAt` of the last event that is done with, in milliseconds since 1970; at first the start of the range.
  public private(set) var position: Double
  /// Whether all events have been handed out.
  public private(set) var isAtEnd = false

  /// Reads `range`; `reached` hears of each new ``position``.
  public init(
    _ archive: any EventArchive, range: EventRange,
    reached: @escaping @Sendable (Double) throws -> Void = { _ in }
  ) {
    self.archive = archive
    self.range = range
    self.reached = reached
    position = range.since
  }

  /// Opens the range at ``position``. Events of that very time that were done with come again.
  public func connect() async throws {
    stream = nil
    inHand = []
    isAtEnd = false
    var rest = range
    rest.since = position
    stream = try await archive.events(in: rest, types: [])
  }

  /// The next events, each as the API published it.
  public func next(limit: Int) async throws -> [Delivery] {
    var deliveries: [Delivery] = []
    var bytes = 0
    while !isReleased, !isAtEnd, deliveries.count < limit, bytes < Self.fullBatch {
      let records = try await stream?.next(min(Self.piece, limit - deliveries.count)) ?? []
      isAtEnd = records.isEmpty
      for record in records {
        bytes += record.bytes.count
        deliveries.append(delivery(record))
      }
    }
    return isReleased ? [] : deliveries
  }

  private func delivery(_ record: BSONDocument) -> Delivery {
    tag += 1
    let createdAt = record["createdAt"]?.number ?? position
    let content: Delivery.Content
    var key: EventKey?
    do throws(JSONError) {
      let document = try record.asPublished()
      content = .document(document)
      key = EventKey(document)
    } catch {
      content = .unreadable(BadEvent(nil, error.description))
    }
    inHand.append((tag, Event(name: record.idText, createdAt: createdAt, key: key)))
    return Delivery(content: content, tag: tag)
  }

  /// Notes that everything up to this delivery is done with.
  public func acknowledge(through tag: UInt64) async throws {
    guard let last = inHand.last(where: { $0.tag <= tag }) else { return }
    try reached(last.event.createdAt)
    position = last.event.createdAt
    inHand.removeAll { $0.tag <= tag }
  }

  /// `_id` of an event in hand, as text.
  public func name(of tag: UInt64) -> String {
    inHand.first { $0.tag == tag }?.event.name ?? "?"
  }

  /// `createdAt` of the events in hand.
  public func times() -> [EventKey: Double] {
    inHand.reduce(into: [:]) { times, entry in
      if let key = entry.event.key { times[key] = entry.event.createdAt }
    }
  }

  /// Hands out no more.
  public func release() async { isReleased = true }

  /// Ends the query.
  public func close() async { stream = nil }
}

extension EventKey {
  /// The identity of an event, `nil` when it has none that is usable: the pipeline says why.
  fileprivate init?(_ event: BSONDocument) {
    do throws(BadEvent) {
      let header = try EventHeader(event)
      guard let tenantId = header.tenantId else { return nil }
      self.init(tenantId: tenantId, eventId: header.id)
    } catch {
      return nil
    }
  }
}

extension BSONDocument {
  /// `_id` as text, for reports.
  fileprivate var idText: String {
    guard let id = self["_id"] else { return "?" }
    return id.objectId?.description ?? id.string.map(printable) ?? "?"
  }
}
