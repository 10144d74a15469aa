import RabbitBroker
import TestTraits
import LiveHarness
import Testing

/// ``Traffic/complaints(about:)``, on which other tests rely, finds every fault.
@Suite(.bounded) struct TrafficTests {
  @Test
  func `updates that are missing, surplus or unpublished and events that are left are complained about`()
    async throws
  {
    try await withInstallation { installation in
      let traffic = Traffic(events: 10)
      try installation.database.insert(traffic.records, into: "dialogmembers")
      let client = try installation.client()
      try client.publish(traffic.events(), to: installation.topology.eventsExchange, "dialog.update.t")
      var complaints = try await traffic.complaints(about: installation)
      #expect(complaints.contains { $0.hasPrefix("10 messages are left") })
      #expect(complaints.contains { $0.hasPrefix("20 updates are missing") })

      let worker = try WorkerInProcess(installation)
      try await worker.hasHandled(10)
      try await worker.stop()
      _ = try client.get(installation.tap)
      try installation.database.run(
        #"{"update":"updates","updates":[{"q":{"userId":"member1"},"u":{"$set":{"published":false}}}]}"#)
      complaints = try await Traffic(events: 9).complaints(about: installation)
      #expect(complaints.count == 3, "\(complaints)")
      #expect(complaints.contains { $0.hasPrefix("2 updates too many") })
      #expect(complaints.contains { $0.hasPrefix("1 updates are not marked") })
      #expect(complaints.contains { $0.hasPrefix("1 updates were never published") })
    }
  }
}
