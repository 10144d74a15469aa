package import SpecModel

/// The traffic of a small installation: two tenants that use the same ids, dialogs that share members, events
/// of all types, and bad events. The same seed gives the same traffic.
///
/// The state does not change: messages and counters are there before their events, as after a burst (spec
/// section 6). So the updates of an event do not depend on when it is handled, and the model can predict
/// them.
package struct Scenario: Sendable {
  /// An event as it is published.
  package struct Sent: Sendable {
    package let body: [UInt8]
    package let routingKey: String
  }

  /// The records of the API's collections.
  package let state: [(collection: String, records: [JSON])]
  /// In the order in which they are sent.
  package let events: [Sent]

  /// - Parameters:
  ///   - events: How many events there are.
  ///   - repeats: How many percent of the events are earlier ones that are sent again.
  ///   - crowd: How many members the dialog has to which the first event goes; 0 for no such dialog. They are in no other
  ///     one, and nothing else happens there.
  package init(seed: UInt64, events count: Int, repeats: Int = 0, crowd: Int = 0) {
    var maker = TrafficMaker(seed: seed)
    var state = maker.state()
    var events: [Sent] = []
    if crowd > 0 {
      state.append(("dialogmembers", TrafficMaker.crowd(of: crowd)))
      events.append(maker.eventToCrowd())
    }
    self.state = state
    while events.count < count {
      if !events.isEmpty, maker.chance(repeats) {
        events.append(maker.pick(events))
      } else {
        events.append(maker.event())
      }
    }
    self.events = events
  }

  /// The records as the lines of a timeline.
  package var stateLines: [String] {
    state.map { JSON.object(["upsert": .object([ExactString($0.collection): .array($0.records)])]).text }
  }

  /// What the model of the spec expects of the first `count` events.
  package func expectation(first count: Int) throws -> DueUpdates {
    try DueUpdates(state: stateLines, events: events.prefix(count).map(\.body))
  }
}
