import Maintenance
import TestTraits
import Testing

/// How many per second.
@Suite(.bounded) struct PaceTests {
  @Test func `the first may be done at once, however many they are`() async throws {
    try await Pace(perSecond: 1).wait(for: 1_000_000)
  }

  @Test func `the next wait until those before them have had their time`() async throws {
    let pace = Pace(perSecond: 1000)
    let start = ContinuousClock.now
    for _ in 1...5 { try await pace.wait(for: 10) }
    #expect(ContinuousClock.now - start >= .milliseconds(40))
  }

  @Test func `a pace of nothing is one per second`() async throws {
    let pace = Pace(perSecond: 0)
    try await pace.wait(for: 1_000_000)
    try await Task.sleep(for: .milliseconds(1))
  }

  @Test func `a wait ends with its task`() async throws {
    let pace = Pace(perSecond: 1)
    try await pace.wait(for: 1_000_000)
    let waiting = Task { try await pace.wait(for: 1) }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
  }
}
