import TestTraits
import LiveHarness
import SpecCases
import TestServers
import Testing

/// Runs every case of the spec through the live worker and real servers.
@Suite(.bounded, .serialized) struct LiveSpecCaseTests {
  /// Cases about the form of a timeline file (empty lines, comments, line ends) are left out, because no
  /// broker ever delivers those. State lines are checked here as well, because MongoDB is where they matter.
  static let cases = SpecCase.all.filter { !$0.name.hasPrefix("§9 lines:") }
  /// Cases that fail with the emulator because it differs from MongoDB, and how it differs.
  static let departures: [String: String] = [
    "§1 contents: {$date}, {$oid} and the like are ordinary objects": "it stores them as extended JSON",
    "§3.1 member: values are taken as they are, of any type": "it stores {$date: …} as extended JSON",
    "§9 state: records are plain JSON": "it stores them as extended JSON",
    "§2 active member: any whose isActive is not false, or absent": "it takes 0 for false",
    "§6 counts: active memberships of the tenant, and those of them with unreadCount above 0":
      "it takes 0 for false",
  ]
  /// A few workers take the cases one after another. Each case starts on an empty database.
  private static let lanes = 3

  @Test func `the live worker stores and publishes what the spec says`() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<Self.lanes {
        group.addTask {
          try await withInstallation { installation in
            let lane = try SpecLane(installation)
            for index in stride(from: number, to: Self.cases.count, by: Self.lanes) {
              let specCase = Self.cases[index]
              let complaints = try await lane.complaints(about: specCase)
              if MongoServer.isEmulated, let reason = Self.departures[specCase.name] {
                #expect(complaints != [], "\(specCase) passes now, though \(reason)")
              } else {
                for complaint in complaints { Issue.record("\(specCase): \(complaint)") }
              }
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
