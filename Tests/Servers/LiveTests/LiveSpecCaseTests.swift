import TestTraits
import LiveHarness
import RabbitBroker
import SpecCases
import TestServers
import Testing

/// Runs every case of the spec through the live worker and real servers.
@Suite(.bounded, .serialized) struct LiveSpecCaseTests {
  /// Cases about the form of a timeline file (empty lines, comments, line ends) are left out, because no
  /// broker ever delivers those. State lines are checked here as well, because MongoDB is where they matter.
  static let cases = SpecCase.all.filter { !$0.name.hasPrefix("§9 lines:") }
  /// A few workers take the cases one after another. Each case starts on an empty database.
  private static let lanes = 3
  /// One of them has a quorum queue.
  private static let quorumLane = 2

  @Test func `the live worker stores and publishes what the spec says`() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<Self.lanes {
        group.addTask {
          try await withInstallation(queueType: number == Self.quorumLane ? .quorum : .classic) {
            installation in
            let lane = try SpecLane(installation)
            for index in stride(from: number, to: Self.cases.count, by: Self.lanes) {
              let specCase = Self.cases[index]
              let complaints = try await lane.complaints(about: specCase)
              for complaint in complaints { Issue.record("\(specCase): \(complaint)") }
            }
            try await lane.close()
            #expect(lane.outages == [], "no server was down")
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
