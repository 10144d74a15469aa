import BSON
import EmbeddedStore
import Pipeline
import ReplayHarness
import SpecModel
import Synchronization
import TestKit
import Testing
import Updates

/// What explanations say of random events, while a timeline is played event by event.
@Suite struct ExplanationTests {
  /// Whom an update is for, and its type.
  private struct Purpose: Hashable {
    let userId: Identifier
    let type: String
  }

  /// The updates of an event that are stored.
  private func stored(_ eventKey: EventKey, in store: EmbeddedStore) async throws -> Set<Purpose> {
    let found = Mutex<Set<Purpose>>([])
    var query = UpdateQuery()
    query.tenantId = eventKey.tenantId.string
    query.eventId = eventKey.eventId
    query.limit = 0
    try await store.updates(matching: query) { update in
      found.withLock {
        _ = $0.insert(Purpose(userId: update.userId, type: update.type?.rawValue ?? "?"))
      }
      return true
    }
    return found.withLock { $0 }
  }

  /// Whom an explanation promises which update.
  private func promised(_ explanation: EventExplanation) -> Set<Purpose> {
    guard explanation.outcome == .planned, let rule = explanation.rule else { return [] }
    var promised: Set<Purpose> = []
    for person in explanation.people.map(\.concerned) {
      if person.ordinary.getsUpdate {
        promised.insert(Purpose(userId: person.userId, type: rule.updateType.rawValue))
      }
      if person.statistics.getsUpdate {
        promised.insert(Purpose(userId: person.userId, type: UpdateType.userStats.rawValue))
      }
    }
    return promised
  }

  @Test(arguments: RandomSeeds.from(201, count: 15))
  func `an explanation promises what the planner makes, and a dry run afterwards finds the same`(
    seed: Int
  ) async throws {
    var generator = TimelineGenerator(seed: UInt64(seed))
    let store = try EmbeddedStore.inMemory()
    let explainer = EventExplainer(store)
    var model = SpecModel()
    var seen: Set<EventKey> = []
    var (made, nobody, bad) = (0, 0, 0)
    for line in generator.rawTimeline(events: 120) {
      let outcome = model.handle(line: line)
      let explanation = try await explainer.explain(.json(line))
      let dueBefore = promised(explanation)
      _ = try await replay([line], into: store)
      guard let eventKey = explanation.eventKey, seen.insert(eventKey).inserted else { continue }
      switch outcome {
      case .bad:
        guard case .bad = explanation.outcome else {
          Issue.record("explained, but it is bad: \(String(decoding: line, as: UTF8.self))")
          continue
        }
        bad += 1
      case .ignored: #expect(explanation.outcome == .ignored)
      case .updates(let expected):
        #expect(explanation.outcome == .planned)
        #expect(dueBefore.count == expected.count)
        #expect(try await stored(eventKey, in: store) == dueBefore)
        let updates = explanation.updates.map { update in
          Purpose(userId: update.userId, type: update.content.updateType.rawValue)
        }
        #expect(Set(updates) == dueBefore && updates.count == dueBefore.count)
        let again = try await DryRun(of: .json(line), in: store)
        #expect(again.lines.count == dueBefore.count && again.count("same") == dueBefore.count)
        made += dueBefore.count
        nobody += explanation.people.count { !$0.concerned.getsUpdate }
      case .skipped, .state: break
      }
    }
    #expect(made > 50 && nobody > 10 && bad > 0)
  }
}
