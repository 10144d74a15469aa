import SpecModel

/// Traffic of a small installation: two tenants that use the same ids, dialogs that share their members, events of
/// all types and bad ones among them. The same seed gives the same traffic.
///
/// The state does not change meanwhile: messages and counters are there before their events, as after a burst (spec
/// section 6). So what an event means does not depend on when it is handled, and the model can tell.
public struct Scenario: Sendable {
  /// One event as it is published.
  public struct Sent: Sendable {
    /// The body, byte for byte.
    public let body: [UInt8]
    /// The routing key.
    public let routingKey: String
  }

  /// The records of the API's collections.
  public let state: [(collection: String, records: [JSON])]
  /// The events in their order.
  public let events: [Sent]

  /// Makes traffic of so many events. Of `repeats` percent of the events an earlier one is sent again.
  public init(seed: UInt64, events count: Int, repeats: Int = 0) {
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
  public var stateLines: [String] {
    state.map { JSON.object(["upsert": .object([ExactString($0.collection): .array($0.records)])]).text }
  }

  /// What the model of the spec expects of the first `count` events.
  public func expectation(first count: Int) throws -> Expectation {
    try Expectation(state: stateLines, events: events.prefix(count).map(\.body))
  }
}

/// What is due for events, by the model of the spec, which shares no code with the worker.
public struct Expectation: Sendable {
  /// An update that is due.
  public struct Due: Sendable {
    /// What makes it one.
    public let key: UpdateKey
    /// All of it but the fields that vary.
    public let json: JSON
    /// Its tenant and dialog; `nil` when it is about a user.
    public let dialog: String?
    /// The position of its event among the events.
    public let position: Int
    /// Whether it is derived: it comes behind the event's others.
    public let isStatistics: Bool
  }

  /// How many events there are.
  public let events: Int
  /// The updates, each once.
  public let updates: [UpdateKey: Due]
  /// The bad events, byte for byte.
  public let bad: Set<[UInt8]>

  init(state: [String], events: [[UInt8]]) throws {
    var model = SpecModel()
    for line in state {
      guard case .state = model.handle(line: Array(line.utf8)) else { throw UnknownToModel(line) }
    }
    var updates: [UpdateKey: Due] = [:]
    var bad: Set<[UInt8]> = []
    for (position, event) in events.enumerated() {
      switch model.handle(line: event) {
      case .updates(let made):
        for update in made {
          let key = UpdateKey(update)
          // The stored version wins.
          if updates[key] == nil { updates[key] = Due(update, key: key, position: position) }
        }
      case .bad: bad.insert(event)
      case .ignored: break
      case .skipped, .state: throw UnknownToModel(String(decoding: event, as: UTF8.self))
      }
    }
    self.events = events.count
    self.updates = updates
    self.bad = bad
  }

  /// A line that is not what its maker took it for.
  struct UnknownToModel: Error, CustomStringConvertible {
    let description: String
    init(_ line: String) { description = "the model of the spec does not take this line: \(line)" }
  }
}

extension Expectation.Due {
  fileprivate init(_ update: ExpectedUpdate, key: UpdateKey, position: Int) {
    self.key = key
    json = update.json
    dialog = update.data["dialog"]?["dialogId"]?.string.map { "\(update.tenantId) \($0)" }
    self.position = position
    isStatistics = update.updateType == "UserStatsUpdate"
  }
}

/// What makes an update one (spec section 4).
public struct UpdateKey: Hashable, Sendable, CustomStringConvertible {
  /// The tenant.
  public let tenant: String
  /// The source event.
  public let event: String
  /// The recipient.
  public let user: String
  /// The update type in lower case.
  public let type: String

  /// Names an update.
  public init(tenant: String, event: String, user: String, type: String) {
    self.tenant = tenant
    self.event = event
    self.user = user
    self.type = type.lowercased()
  }

  init(_ update: ExpectedUpdate) {
    self.init(
      tenant: update.tenantId.text, event: update.eventId.text, user: update.userId.text,
      type: update.updateType)
  }

  /// All of it.
  public var description: String { "\(type) of \(event) for \(tenant)/\(user)" }
}
