package import Pipeline
import Support
import BSON
import Updates

/// A range of archived events as a source for the pipeline. After a failure, ``connect()`` continues from the
/// last event that was acknowledged.
package actor ArchivedEventSource: LiveEventSource {
  /// No more events are fetched for a round once it holds this many bytes.
  private static let fullSize = BSONDocument.largestStored
  /// Events fetched at a time, which bounds by how much a round may exceed ``fullSize``.
  private static let pageSize = 8

  private let archive: any EventArchive
  private let range: EventRange
  private let reached: @Sendable (Double) throws -> Void
  private var stream: (any RecordStream)?
  private var isReleased = false
  private var tag: UInt64 = 0
  /// What was handed out and is not acknowledged yet.
  private var inHand: [(tag: UInt64, event: EventInHand)] = []

  /// An event that was handed out; ``idText`` is its `_id`, for reports.
  private struct EventInHand {
    let idText: String
    let createdAt: Double
    var isDone = false
  }

  /// `createdAt` of the last event that is done with, in milliseconds since 1970; at first, the start
  /// of the range.
  package private(set) var position: Double
  package private(set) var isAtEnd = false

  /// `reached` is called with each new ``position`` before it is taken.
  package init(
    _ archive: any EventArchive, range: EventRange,
    reached: @escaping @Sendable (Double) throws -> Void = { _ in }
  ) {
    self.archive = archive
    self.range = range
    self.reached = reached
    position = range.since
  }

  package let isConsuming = true

  /// Opens the range at ``position``. Events of exactly that time are handed out again, even those that were
  /// acknowledged.
  package func connect() async throws {
    stream = nil
    inHand = []
    isAtEnd = false
    var rest = range
    rest.since = position
    stream = try await archive.events(in: rest, types: [])
  }

  package func next(limit: Int) async throws -> [Delivery] {
    var deliveries: [Delivery] = []
    var bytes = 0
    while !isReleased, !isAtEnd, deliveries.count < limit, bytes < Self.fullSize {
      let records = try await stream?.next(min(Self.pageSize, limit - deliveries.count)) ?? []
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
    inHand.append((tag, EventInHand(idText: record.idText, createdAt: createdAt)))
    // The event may have been handled before. Then those of its updates that are still unpublished are due.
    return Delivery(content: record.asDelivered, tag: tag, isRedelivered: true)
  }

  /// Nothing has arrived before it is asked for.
  package func arrived(limit: Int) async -> [Delivery] { [] }

  /// ``position`` moves up to the first event that is not done.
  package func acknowledge(_ tags: [UInt64]) async throws {
    let tags = Set(tags)
    for index in inHand.indices where tags.contains(inHand[index].tag) { inHand[index].event.isDone = true }
    let done = inHand.prefix { $0.event.isDone }
    guard let last = done.last else { return }
    try reached(last.event.createdAt)
    position = last.event.createdAt
    inHand.removeFirst(done.count)
  }

  /// The `_id` of an event in hand as printable text; `?` when it is not known.
  package func name(of tag: UInt64) -> String {
    inHand.first { $0.tag == tag }?.event.idText ?? "?"
  }

  package func release() async { isReleased = true }

  package func close() async { stream = nil }
}

extension BSONDocument {
  /// `_id` as printable text, for reports.
  fileprivate var idText: String {
    guard let id = self["_id"] else { return "?" }
    return id.objectId?.description ?? id.string.map(printable) ?? "?"
  }
}
