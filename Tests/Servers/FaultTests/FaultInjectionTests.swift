import TestTraits
import FaultInjection
import Testing
import TestServers

/// The short form of the fault injection: each fault strikes once (docs/reliability.md).
@Suite(.bounded) struct FaultInjectionTests {
  private static let stages = Stages()

  // The last ones last longest, so they begin.
  @Test(arguments: Fault.short.reversed())
  func `every update is stored once, published under its one id, and in order`(fault: Fault) async throws {
    let result = try await Self.stages.play(fault)
    #expect(result.verdict.complaints == [])
    #expect(result.events > 0 && result.updates > 0)
  }
}

/// Four rounds at once, each on servers of its own: a round spends most of its time waiting for servers to come back.
private actor Stages {
  private let turns = Turns(4)
  private var idle: [Stage] = []

  func play(_ fault: Fault) async throws -> RoundResult {
    await turns.take()
    defer { turns.giveBack() }
    let stage: Stage
    if let last = idle.popLast() { stage = last } else { stage = try await Stage() }
    let result = await stage.play(fault, strikes: 1, seed: 1)
    idle.append(stage)
    return result
  }
}
