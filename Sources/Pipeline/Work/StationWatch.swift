/// Takes the time of the stations for an observer. Without one, it does nothing but the work.
///
/// The times are those of the clock that it is given. A step of the system's clock shows in the durations of
/// that moment alone, and never as a negative one.
package struct StationWatch: Sendable {
  private let clock: UpdateClock
  private let observer: (any WorkObserver)?

  package init(clock: UpdateClock = UpdateClock(), observer: (any WorkObserver)? = nil) {
    self.clock = clock
    self.observer = observer
  }

  /// Whether anybody listens.
  var isWatched: Bool { observer != nil }

  /// Tells the observer; `work` is only made if there is one.
  func note(_ work: @autoclosure () -> Work) {
    observer?.note(work())
  }

  /// The time now in milliseconds, to be given to ``pass(_:since:)``; 0 without an observer.
  func start() -> Double { observer == nil ? 0 : clock.now() }

  /// Milliseconds since ``start()``.
  func elapsed(since start: Double) -> Double { observer == nil ? 0 : max(0, clock.now() - start) }

  /// Tells how long the station took.
  func pass(_ station: Station, since start: Double) {
    observer?.note(.passed(station, milliseconds: elapsed(since: start)))
  }

  /// Does the work of a station that may wait for a server, and tells how long it took or that it failed.
  func measure<Result>(
    _ station: Station, isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Result
  ) async throws -> Result {
    guard let observer else { return try await work() }
    let start = clock.now()
    do {
      let result = try await work()
      observer.note(.passed(station, milliseconds: max(0, clock.now() - start)))
      return result
    } catch let fault as any ServerFault where fault.isRetryable {
      observer.note(.failed(station))
      throw fault
    }
  }
}
