import BSON
import Updates

/// The last stations: collects updates into slices, each of which is stored, published, confirmed and marked. One slice
/// at a time is under way while the next is being made.
struct UpdateOutlet {
  private let ends: UpdateShipping
  private let limits: PipelineLimits

  private var waiting: [UpdateShipping.Entry] = []
  private var waitingBytes = 0
  private var underWay: Task<UpdateShipping.Outcome, any Error>?

  /// What happened so far, without the slice that is under way.
  private(set) var outcome = UpdateShipping.Outcome()

  init(ends: UpdateShipping, limits: PipelineLimits) {
    self.ends = ends
    self.limits = limits
  }

  /// Takes updates of one event in their order; sends a slice on its way when it is full.
  mutating func take(_ updates: [Update], of eventKey: EventKey, trace: TraceContext) async throws {
    if updates.isEmpty { return }
    let origin = UpdateShipping.Origin(eventKey, trace: trace)
    for update in updates {
      waiting.append(UpdateShipping.Entry(update: update, origin: origin))
      waitingBytes += update.byteCount
      if waiting.count >= limits.updatesPerSlice || waitingBytes >= limits.bytesPerSlice { try await send() }
    }
  }

  /// Sends what waits, and returns when everything has arrived.
  mutating func finish() async throws {
    try await send()
    try await arrive()
  }

  /// Waits for the slice under way when its outcome does not matter any more.
  mutating func abandon() async {
    _ = await underWay?.result
    underWay = nil
  }

  /// Publishes the stored updates of events of a tenant that were never confirmed, whoever they are for.
  mutating func publishUnpublished(of events: [ObjectId: TraceContext], tenantId: Identifier) async throws {
    outcome += try await ends.publishUnpublished(
      of: events, tenantId: tenantId, pageSize: limits.updatesPerSlice)
  }

  private mutating func send() async throws {
    try await arrive()
    guard !waiting.isEmpty else { return }
    let (ends, slice) = (ends, waiting)
    waiting = []
    waitingBytes = 0
    underWay = Task { try await ends.ship(slice) }
  }

  private mutating func arrive() async throws {
    guard let task = underWay else { return }
    underWay = nil
    outcome += try await task.value
  }
}
