package import BSON
import Foundation
package import Pipeline
import Support
import Synchronization
package import Updates

/// One archived event on its way through the stations, as a backfill would take it, but with an end that stores
/// nothing and without a publisher.
package struct TrialRun: Sendable {
  package enum Outcome: Sendable, Equatable {
    /// The updates that would be made, by type. If it is cut, there are more: the trial is over at ``mostUpdates``.
    case updates([UpdateType: Int], isCut: Bool)
    /// The event is a bad one, for the given reason.
    case bad(String)
    /// A server failed on the way; what happened, in a sentence.
    case failed(String)
  }

  /// So many updates are proof enough, and bound what the trial reads of a large dialog.
  package static let mostUpdates = 1000

  private let directory: any Directory

  package init(_ directory: any Directory) {
    self.directory = directory
  }

  /// Handles an event as the archive holds it.
  package func run(_ event: BSONDocument) async -> Outcome {
    let source = ArchivedEventSource(
      SingleEvent(event: event), range: EventRange(tenantId: nil, since: -.infinity, until: nil))
    let store = CountingStore()
    let verdict = Verdict()
    var limits = PipelineLimits()
    limits.updatesPerRound = Self.mostUpdates...Self.mostUpdates
    let pipeline = UpdatePipeline(
      directory: directory, store: store, publisher: nil, deadLetters: verdict, limits: limits)
    do {
      try await source.connect()
      try await pipeline.run(source) { _, _ in }
    } catch is CountingStore.Enough {
      return .updates(store.counts, isCut: true)
    } catch let fault as any ServerFault {
      return .failed(fault.message)
    } catch {
      return .failed("an unexpected fault: \(error)")
    }
    if let reason = verdict.reason { return .bad(printable(reason)) }
    return .updates(store.counts, isCut: false)
  }
}

/// An archive of one event.
private struct SingleEvent: EventArchive {
  let event: BSONDocument

  func events(in range: EventRange, types: [EventType]) async -> any RecordStream { Records([event]) }
  func bounds(of range: EventRange) async -> ClosedRange<Double>? { nil }

  private final class Records: RecordStream {
    private let rest: Mutex<[BSONDocument]>

    init(_ records: [BSONDocument]) { rest = Mutex(records) }

    func next(_ count: Int) async -> [BSONDocument] {
      rest.withLock { rest in
        defer { rest = [] }
        return rest
      }
    }
  }
}

/// Counts what it is to store, and stores nothing.
private final class CountingStore: UpdateStore {
  /// Enough updates have come.
  struct Enough: Error {}

  private let state = Mutex<[UpdateType: Int]>([:])

  var counts: [UpdateType: Int] { state.withLock { $0 } }

  func insert(_ updates: [Update]) async throws -> [InsertOutcome] {
    let total = state.withLock { counts in
      for update in updates { counts[update.content.updateType, default: 0] += 1 }
      return counts.values.reduce(0, +)
    }
    if total >= TrialRun.mostUpdates { throw Enough() }
    return Array(repeating: .notDue, count: updates.count)
  }

  func unpublished(among ids: [ObjectId]) async -> [StoredUpdate] { [] }

  func unpublished(
    of events: [ObjectId], tenantId: Identifier, after: StoredUpdate?, limit: Int
  ) async -> [StoredUpdate] { [] }

  func markPublished(_ ids: [ObjectId], at publishedAt: Double) async {}
}

/// Remembers what is wrong with the event.
private final class Verdict: DeadLetters {
  private let state = Mutex<String?>(nil)

  var reason: String? { state.withLock { $0 } }

  func bury(_ delivery: Delivery, because error: BadEvent) async {
    state.withLock { $0 = error.description }
  }
}
