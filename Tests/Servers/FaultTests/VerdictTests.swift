@testable import FaultInjection
import SpecModel
import Testing

/// The checker finds every kind of fault in made-up evidence.
@Suite struct VerdictTests {
  /// What is due for some events, and evidence that nothing is wrong.
  private static func scene() throws -> (expected: DueUpdates, evidence: Evidence) {
    let expected = try Scenario(seed: 7, events: 60).expectation(first: 60)
    var evidence = Evidence()
    let due = expected.updates.values.sorted {
      [$0.position, $0.isStatistics ? 1 : 0].lexicographicallyPrecedes([$1.position, $1.isStatistics ? 1 : 0])
    }
    for update in due {
      evidence.stored.append(
        .init(key: update.key, id: "\(update.key)", isPublished: true, json: update.json))
      evidence.received.append(.init(key: update.key, id: "\(update.key)", json: update.json))
    }
    evidence.deadLetters = Array(expected.bad)
    return (expected, evidence)
  }

  private static func found(_ change: (inout Evidence) -> Void) throws -> [Verdict.Violation] {
    var (expected, evidence) = try scene()
    change(&evidence)
    return Verdict(evidence, expected: expected, order: .all).found.keys.sorted { $0.rawValue < $1.rawValue }
  }

  @Test func `the traffic has updates of all types, statistics and bad events`() throws {
    let (expected, _) = try Self.scene()
    #expect(Set(expected.updates.keys.map(\.type)).count == 6)
    #expect(!expected.bad.isEmpty)
  }

  @Test func `evidence without a fault gives no complaints`() throws {
    #expect(try Self.found { _ in } == [])
    #expect(try Self.found { $0.received += $0.received } == [], "a message may be received twice")
  }

  @Test func `each fault is found`() throws {
    #expect(try Self.found { $0.stored.removeLast() } == [.lost, .twoIds], "published and not stored")
    #expect(try Self.found { $0.received.removeLast() } == [.lost])
    #expect(try Self.found { $0.stored.append($0.stored[3]) } == [.storedTwice])
    #expect(try Self.found { $0.received[4].id = "another" } == [.twoIds])
    #expect(try Self.found { $0.received.reverse() } == [.outOfOrder])
    #expect(try Self.found { $0.received.swapAt(0, $0.received.count - 1) } == [.outOfOrder])
    #expect(try Self.found { $0.stored[5].json = [:] } == [.wrongContent])
    #expect(try Self.found { $0.received[5].json = [:] } == [.wrongContent])
    #expect(try Self.found { $0.stored[6].isPublished = false } == [.unmarked])
    #expect(try Self.found { $0.left = 1 } == [.leftInQueue])
    #expect(try Self.found { $0.deadLetters.removeLast() } == [.deadLetters])
    #expect(try Self.found { $0.deadLetters.append([1]) } == [.deadLetters])
  }

  @Test func `an update that is not due is found`() throws {
    let foreign = UpdateKey(tenant: "north", event: "e", user: "ann", type: "DialogUpdate")
    let found = try Self.found {
      $0.stored.append(.init(key: foreign, id: "x", isPublished: true, json: [:]))
    }
    #expect(found == [.surplus])
  }
}
