package import SpecModel

/// Traffic of a small installation: two tenants that use the same ids, dialogs that share their members, events of
/// all types and bad ones among them. The same seed gives the same traffic.
///
/// The state does not change meanwhile: messages and counters are there before their events, as after a burst (spec
/// section 6). So what an event means does not depend on when it is handled, and the model can tell.
package struct Scenario: Sendable {
  /// One event as it is published.
  package struct Sent: Sendable {
    /// The body, byte for byte.
    package let body: [UInt8]
    /// The routing key.
    package let routingKey: String
  }

  /// The records of the API's collections.
  package let state: [(collection: String, records: [JSON])]
  /// The events in their order.
  package let events: [Sent]

  /// Makes traffic of so many events. Of `repeats` percent of the events an earlier one is sent again.
  package init(seed: UInt64, events count: Int, repeats: Int = 0) {
    var maker = TrafficMaker(seed: seed)
    state = maker.state()
    var events: [Sent] = []
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
