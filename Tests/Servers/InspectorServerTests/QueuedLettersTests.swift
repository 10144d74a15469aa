import Inspector
import LiveHarness
import RabbitBroker
import TestServers
import TestTraits
import Testing

@testable import chat3_update_worker

/// Where an action on the dead letters in RabbitMQ ends.
@Suite(.bounded) struct QueuedLettersTests {
  @Test(arguments: BrokerTopology.QueueType.allCases)
  func `an action ends at its bounds, says so, and leaves the other letters in their places`(
    queueType: BrokerTopology.QueueType
  ) async throws {
    try await withInstallation(queueType: queueType) { installation in
      let (client, queue) = (try installation.client(), installation.topology.deadLetterQueue)
      try client.publish((1...6).map { "letter \($0)" }, to: "", queue)
      try await until("all are there") { try client.count(queue) == 6 }
      let letters = QueuedLetters(try installation.brokerConfiguration())
      let read = try await letters.read(limit: 100)
      #expect(read.map(\.body) == (1...6).map { Array("letter \($0)".utf8) })
      let all = Set(read.map(\.digest))
      // A quorum queue has letters back some time after the connection that read them has ended.
      try await until("all are back") { try client.count(queue) == 6 }

      var bounds = LetterBounds()
      bounds.time = .zero
      let late = await letters.perform(.drop, on: all, within: bounds)
      guard case .outOfTime = late.end, late.count == 0 else {
        Issue.record("\(late)")
        return
      }
      try await until("all are back again") { try client.count(queue) == 6 }
      bounds = LetterBounds()
      bounds.letters = 3
      let some = await letters.perform(.drop, on: all.subtracting([read[1].digest]), within: bounds)
      guard case .tooMany = some.end, some.count == 2 else {
        Issue.record("\(some)")
        return
      }
      try await until("four are left") { try client.count(queue) == 4 }
      let rest = await letters.perform(.requeue, on: all, within: LetterBounds())
      guard case .complete = rest.end, rest.count == 4 else {
        Issue.record("\(rest)")
        return
      }
      let back = try client.drain(installation.topology.queue).map {
        String(decoding: $0.body, as: UTF8.self)
      }
      #expect(back == ["letter 2", "letter 4", "letter 5", "letter 6"])
    }
  }
}
