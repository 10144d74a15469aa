package import Pipeline
import Support
import BSON
import Updates

/// A range of archived events as a source of the pipeline. After a failure, ``connect()`` goes on where
/// ``acknowledge(through:)`` has got to.
package actor ArchivedEventSource: LiveEventSource {
  /// What is handed out at once ends when it holds so many bytes.
  private static let fullSize = BSONDocument.largestStored
  /// Events fetched at a time. This bounds by how much ``fullSize`` may be exceeded.
  private static let page = 8

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
  }

  /// `createdAt` of the last event that is done with, in milliseconds since 1970; at first the start of the range.
  package private(set) var position: Double
  /// Whether all events have been handed out.
  package private(set) var isAtEnd = false

  /// Reads `range`; `reached` hears of each new ``position``.
  package init(
    _ archive: any EventArchive, range: EventRange,
    reached: @escaping @Sendable (Double) throws -> Void = { _ in }
  ) {
    self.archive = archive
    self.range = range
    self.reached = reached
    position = range.since
  }

  /// Opens the range at ``position``. Events of that very time that were done with come again.
  package func connect() async throws {
    stream = nil
    inHand = []
    isAtEnd = false
    var rest = range
    rest.since = position
    stream = try await archive.events(in: rest, types: [])
  }

  /// The next events, each as the API published it.
  package func next(limit: Int) async throws -> [Delivery] {
    var deliveries: [Delivery] = []
    var bytes = 0
    while !isReleased, !isAtEnd, deliveries.count < limit, bytes < Self.fullSize {
      let records = try await stream?.next(min(Self.page, limit - deliveries.count)) ?? []
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
    do throws(JSONError) {
      content = .document(try record.asPublished())
    } catch {
      content = .unreadable(BadEvent(nil, error.description))
    }
    inHand.append((tag, Event(name: record.idText, createdAt: createdAt)))
    // It may have been handled before: then what it has left unpublished is due.
    return Delivery(content: content, tag: tag, isRedelivered: true)
  }

  /// Notes that everything up to this delivery is done with.
  package func acknowledge(through tag: UInt64) async throws {
    guard let last = inHand.last(where: { $0.tag <= tag }) else { return }
    try reached(last.event.createdAt)
    position = last.event.createdAt
    inHand.removeAll { $0.tag <= tag }
  }

  /// `_id` of an event in hand, as text.
  package func name(of tag: UInt64) -> String {
    inHand.first { $0.tag == tag }?.event.name ?? "?"
  }

  /// Hands out no more.
  package func release() async { isReleased = true }

  /// Ends the query.
  package func close() async { stream = nil }
}

extension BSONDocument {
  /// `_id` as text, for reports.
  fileprivate var idText: String {
    guard let id = self["_id"] else { return "?" }
    return id.objectId?.description ?? id.string.map(printable) ?? "?"
  }
}
