import TestTraits
import FaultInjection
import Testing

/// The short form of the fault injection: each fault strikes once (docs/reliability.md).
@Suite(.serialized, .bounded) struct FaultInjectionTests {
  /// Only this suite uses these servers; its tests run one after another.
  private static let stage = Task { try await Stage() }

  @Test(arguments: Fault.short)
  func `every update is stored once, published under its one id, and in order`(fault: Fault) async throws {
    let result = await (try Self.stage.value).play(fault, strikes: 1, seed: 1)
    #expect(result.verdict.complaints == [])
    #expect(result.events > 0 && result.updates > 0)
  }
}
