import BSON
import Updates

/// The last stations: collects updates into slices, each of which is stored, published, confirmed and marked.
/// While one slice is under way, the next is being collected.
struct UpdateOutlet {
  private let ends: UpdateShipping
  private let limits: PipelineLimits

  private var waiting: [UpdateShipping.Entry] = []
  private var waitingBytes = 0
  private var underWay: Task<UpdateShipping.Outcome, any Error>?

  /// What has happened so far, without the slice that is under way.
  private(set) var outcome = UpdateShipping.Outcome()

  init(ends: UpdateShipping, limits: PipelineLimits) {
    self.ends = ends
    self.limits = limits
  }

  /// Takes updates of one event in order. Sends a slice on its way as soon as it is full.
  mutating func take(_ updates: [Update], of eventKey: EventKey, trace: TraceContext) async throws {
    if updates.isEmpty { return }
    let origin = UpdateShipping.Origin(eventKey, trace: trace)
    for update in updates {
      waiting.append(UpdateShipping.Entry(update: update, origin: origin))
      waitingBytes += update.byteCount
      if waiting.count >= limits.updatesPerSlice || waitingBytes >= limits.bytesPerSlice { try await send() }
    }
  }

  /// Sends what is waiting, and returns once everything is stored, published and marked.
  mutating func finish() async throws {
    try await send()
    try await arrive()
  }

  /// Waits for the slice under way, whose outcome does not matter any more.
  mutating func abandon() async {
    _ = await underWay?.result
    underWay = nil
  }

  /// Publishes the stored updates of a tenant's events that were never confirmed, whoever their recipients
  /// are.
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
