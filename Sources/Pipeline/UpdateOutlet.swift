import BSON
import Updates

/// The last stations: collects updates into chunks; each is stored, published, confirmed and marked. One chunk at a
/// time is under way while the next is being made.
struct UpdateOutlet {
  private let ends: UpdateShipping
  private let limits: PipelineLimits

  private var waiting: [UpdateShipping.Entry] = []
  private var waitingBytes = 0
  private var underWay: Task<UpdateShipping.Outcome, any Error>?

  /// What happened so far, without the chunk that is under way.
  private(set) var outcome = UpdateShipping.Outcome()

  init(ends: UpdateShipping, limits: PipelineLimits) {
    self.ends = ends
    self.limits = limits
  }

  /// Takes updates of one event in their order; sends a chunk on its way when it is full.
  mutating func take(_ updates: [Update], of event: EventKey, trace: TraceContext) async throws {
    if updates.isEmpty { return }
    let origin = UpdateShipping.Origin(event, trace: trace)
    for update in updates {
      waiting.append(UpdateShipping.Entry(update: update, origin: origin))
      waitingBytes += update.sharedBytes
      if waiting.count >= limits.updatesPerChunk || waitingBytes >= limits.bytesPerChunk { try await send() }
    }
  }

  /// Sends what waits, and returns when everything has arrived.
  mutating func finish() async throws {
    try await send()
    try await arrive()
  }

  /// Waits for the chunk under way when its outcome does not matter any more.
  mutating func abandon() async {
    _ = await underWay?.result
    underWay = nil
  }

  /// Publishes the stored updates of events of a tenant that were never confirmed, whoever they are for.
  mutating func publishUnpublished(of events: [ObjectId: TraceContext], tenantId: Identifier) async throws {
    outcome += try await ends.publishUnpublished(
      of: events, tenantId: tenantId, chunk: limits.updatesPerChunk)
  }

  private mutating func send() async throws {
    try await arrive()
    guard !waiting.isEmpty else { return }
    let (ends, chunk) = (ends, waiting)
    waiting = []
    waitingBytes = 0
    underWay = Task { try await ends.ship(chunk) }
  }

  private mutating func arrive() async throws {
    guard let task = underWay else { return }
    underWay = nil
    outcome += try await task.value
  }
}
