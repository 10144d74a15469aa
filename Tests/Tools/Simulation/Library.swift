import BSON
import Pipeline
import SpecModel
import Updates

/// The state and the events that all seeds draw from, and what the model of the spec makes of them. The model is asked
/// once for each event and version of the state, so that a seed costs little.
package final class Library {
  /// An event.
  final class Event {
    /// Its place in the library.
    let number: Int
    let body: [UInt8]
    let isBad: Bool
    let isIgnored: Bool
    /// The updates that may be due for it.
    let slots: [Slot]
    /// The dialog whose line its updates are in.
    var dialogLine: Int? { slots.lazy.compactMap(\.dialogLine).first }

    init(number: Int, body: [UInt8], isBad: Bool, isIgnored: Bool, slots: [Slot]) {
      self.number = number
      self.body = body
      self.isBad = isBad
      self.isIgnored = isIgnored
      self.slots = slots
    }
  }

  /// The versions of the state, in the order in which they follow each other, and then from the start again.
  let versions: [SimulatedState]
  private let models: [SpecModel]
  private let bodies: [[UInt8]]
  private var events: [Event?]
  private var numbers: [[UInt8]: Int] = [:]
  private var numbersOfIdentity: [ObjectId: Int] = [:]
  private var lines: [String: Int] = [:]
  private var slotsOfId: [ObjectId: Slot] = [:]

  package init() throws {
    let opening = LibraryText.opening
    let changes = LibraryText.changes
    var state = SimulatedState()
    var model = SpecModel()
    var versions: [SimulatedState] = []
    var models: [SpecModel] = []
    for lines in [opening] + changes {
      for line in lines {
        state.apply(try StateChange(JSONReader.object(Array(line.utf8))))
        guard case .state = model.handle(line: Array(line.utf8)) else { throw UnknownToModel(line: line) }
      }
      versions.append(state)
      models.append(model)
    }
    self.versions = versions
    self.models = models
    bodies = LibraryText.events(seed: 1)
    events = Array(repeating: nil, count: bodies.count)
    for (number, body) in bodies.enumerated() {
      numbers[body] = number
      if let identity = ObjectId(LibraryText.identity(number)) { numbersOfIdentity[identity] = number }
    }
  }

  struct UnknownToModel: Error, CustomStringConvertible {
    let line: String
    var description: String { "the model of the spec does not take this line: \(line)" }
  }

  var count: Int { bodies.count }

  func number(of body: [UInt8]) -> Int? { numbers[body] }

  func number(ofIdentity id: ObjectId) -> Int? { numbersOfIdentity[id] }

  func event(_ number: Int) -> Event {
    if let event = events[number] { return event }
    var (isBad, isIgnored) = (false, false)
    var slots: [Slot] = []
    for (version, model) in models.enumerated() {
      var model = model
      switch model.handle(line: bodies[number]) {
      case .bad: isBad = true
      case .ignored: isIgnored = true
      case .skipped, .state: break
      case .updates(let updates):
        for update in updates {
          let slot: Slot
          if let known = slots.first(where: { $0.isOf(update) }) {
            slot = known
          } else {
            slot = Slot(
              update, event: number, dialogLine: update.dialog.map(line), userLine: line("to \(update.user)"))
            slots.append(slot)
          }
          slot.expect(update, in: version)
        }
      }
    }
    for slot in slots {
      for other in slots where other !== slot { slot.share(with: other) }
    }
    let event = Event(number: number, body: bodies[number], isBad: isBad, isIgnored: isIgnored, slots: slots)
    events[number] = event
    return event
  }

  /// The slot of a stored update: the update that the model has for its event, recipient and type; `nil` if the model
  /// has none.
  ///
  /// - Throws: ``SecondId`` when that update has another id.
  func slot(of record: SimulatedDatabase.Record) throws -> Slot? {
    if let slot = slotsOfId[record.id] { return slot }
    guard let update = StoredUpdate(record.document), let type = update.type,
      let number = numbersOfIdentity[update.eventId]
    else { return nil }
    let slot = event(number).slots.first {
      $0.user == update.userId.string && $0.type == type.rawValue && $0.tenant == update.tenantId.string
    }
    guard let slot else { return nil }
    if let first = slot.id { throw SecondId(first: first, second: record.id) }
    slot.id = record.id
    slotsOfId[record.id] = slot
    return slot
  }

  struct SecondId: Error, CustomStringConvertible {
    let first: ObjectId
    let second: ObjectId
    var description: String { "\(first) and \(second)" }
  }

  private func line(_ name: String) -> Int {
    if let known = lines[name] { return known }
    lines[name] = lines.count
    return lines.count - 1
  }
}

extension ExpectedUpdate {
  fileprivate var user: String { "\(tenantId) \(userId)" }
  fileprivate var dialog: String? { data["dialog"]?["dialogId"]?.string.map { "\(tenantId) \($0)" } }
}
