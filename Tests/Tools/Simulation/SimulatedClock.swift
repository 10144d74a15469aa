/// The timer of a simulated process: its pauses take no time of the real world.
struct SimulatedClock: Clock {
  struct Instant: InstantProtocol {
    /// Microseconds since the start.
    let time: Int64

    func advanced(by duration: Duration) -> Instant { Instant(time: time + duration.microseconds) }
    func duration(to other: Instant) -> Duration { .microseconds(other.time - time) }
    static func < (left: Instant, right: Instant) -> Bool { left.time < right.time }
  }

  private let life: Life

  init(_ life: Life) { self.life = life }

  var now: Instant { Instant(time: life.world.now) }
  var minimumResolution: Duration { .microseconds(1) }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let waiter = Waiter()
    life.world.at(deadline.time) { waiter.end() }
    try await withTaskCancellationHandler {
      try await life.wait(waiter)
    } onCancel: {
      waiter.end(.failure(CancellationError()))
    }
  }
}

extension Duration {
  var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
