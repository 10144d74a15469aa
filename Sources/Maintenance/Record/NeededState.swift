import BSON
import Pipeline
import Updates

/// Writes the state that events need into a recording. It has the pipeline itself handle them, on a directory
/// that takes note of what is looked up, and throws the updates away. So a recording never needs to know what
/// the worker looks up.
struct NeededState: Sendable {
  let directory: any Directory
  let capture: StateCapture

  /// Returns when the recording has all that these events need, in the form that the database has it in now.
  func write(for events: [BSONDocument]) async throws {
    let capture = capture
    let noting = NotingDirectory(directory) { try await capture.update($0) }
    let pipeline = UpdatePipeline(
      directory: noting, store: ForgetfulStore(), publisher: nil, deadLetters: IgnoredBadEvents())
    let deliveries = events.enumerated().map { Delivery(content: .document($1), tag: UInt64($0 + 1)) }
    _ = try await pipeline.handle(deliveries)
    try await capture.update(noting.take())
  }
}

/// Stores nothing.
private struct ForgetfulStore: UpdateStore {
  func insert(_ updates: [Update]) -> [InsertOutcome] { updates.map { _ in .notDue } }

  func unpublished(among ids: [ObjectId]) -> [StoredUpdate] { [] }

  func unpublished(
    of events: [ObjectId], tenantId: Identifier, after: StoredUpdate?, limit: Int
  ) -> [StoredUpdate] { [] }

  func markPublished(_ ids: [ObjectId], at publishedAt: Double) {}
}

/// Leaves bad events to whoever replays the recording.
private struct IgnoredBadEvents: DeadLetters {
  func bury(_ delivery: Delivery, because error: BadEvent) {}
}
