package import SpecModel

/// The updates that are due for events according to the model of the spec, which shares no code with the
/// worker.
package struct DueUpdates: Sendable {
  /// An update that is due.
  package struct Due: Sendable {
    package let key: UpdateKey
    /// Without the fields that vary.
    package let json: JSON
    /// Its tenant and dialog; `nil` if it is about a user.
    package let dialog: String?
    /// The position of its event in the traffic.
    package let position: Int
    /// Whether it is derived. Derived updates come after the others of the event.
    package let isStatistics: Bool
  }

  /// How many events there are.
  package let events: Int
  /// Each update once.
  package let updates: [UpdateKey: Due]
  /// The bodies of the bad events.
  package let bad: Set<[UInt8]>

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

  /// A line that is not what ``TrafficMaker`` meant it to be.
  struct UnknownToModel: Error, CustomStringConvertible {
    let description: String
    init(_ line: String) { description = "the model of the spec does not take this line: \(line)" }
  }
}

extension DueUpdates.Due {
  fileprivate init(_ update: ExpectedUpdate, key: UpdateKey, position: Int) {
    self.key = key
    json = update.json
    dialog = update.data["dialog"]?["dialogId"]?.string.map { "\(update.tenantId) \($0)" }
    self.position = position
    isStatistics = update.updateType == "UserStatsUpdate"
  }
}
