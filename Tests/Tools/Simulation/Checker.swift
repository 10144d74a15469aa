import BSON
import Pipeline
import SpecModel
import Updates

/// Watches everything that reaches the servers of a simulation, and compares it with the model of the spec.
final class Checker {
  private struct EventState {
    /// The version of the state at its first delivery; `nil` if it was never delivered.
    var firstVersion: Int?
    /// Its place in the queue.
    let position: Int
    /// Whether the broker has given it back after it had delivered later ones.
    var isLate = false
    var isBuried = false
  }

  /// What is known of a stored update, which holds it.
  final class UpdateState {
    let slot: Slot
    let content: Slot.Content
    var isConfirmed = false
    var isRouted = false

    init(slot: Slot, content: Slot.Content) {
      self.slot = slot
      self.content = content
    }
  }

  private let world: World
  private let library: Library
  private let database: SimulatedDatabase
  /// Whether only one worker at a time takes events, so that their order counts.
  private let isOrdered: Bool
  /// How many updates a round holds at least, in the slowest case.
  private let roundSize: Int
  /// At the events' numbers.
  private var events: [EventState?]
  /// The dialogs of events with more updates than that. Others may pass these events, and what waits for them.
  private var largeDialogs: Set<Int> = []
  /// The latest place of each line that has been published.
  private var latest: [Int: (place: Int, id: ObjectId)] = [:]

  init(_ world: World, library: Library, database: SimulatedDatabase, isOrdered: Bool, roundSize: Int) {
    self.roundSize = roundSize
    self.world = world
    self.library = library
    self.database = database
    self.isOrdered = isOrdered
    events = Array(repeating: nil, count: library.count)
  }

  // MARK: - Events

  func sent(_ event: Int, position: Int) {
    guard events[event] == nil else { return }
    events[event] = EventState(position: position)
    if library.event(event).slots.count > roundSize, let dialog = library.event(event).dialogLine {
      largeDialogs.insert(dialog)
    }
  }

  func delivered(_ entry: SimulatedBroker.Entry) {
    if events[entry.event]?.firstVersion == nil { events[entry.event]?.firstVersion = database.version }
  }

  func returnedLate(_ entries: [SimulatedBroker.Entry]) {
    for entry in entries { events[entry.event]?.isLate = true }
  }

  func buried(_ body: [UInt8]) {
    guard let number = library.number(of: body) else {
      return world.violate(
        .deadLetters, "what is buried is no event: \(String(decoding: body, as: UTF8.self))")
    }
    let event = library.event(number)
    let versions = versions(of: number)
    if !event.isBad, !event.slots.contains(where: { $0.isRefused && $0.dueIn & versions != 0 }) {
      world.violate(.deadLetters, "event \(number) is not bad")
    }
    events[number]?.isBuried = true
  }

  func willAcknowledge(_ entries: [SimulatedBroker.Entry]) {
    for entry in entries {
      if let fault = whatIsMissing(of: entry.event) {
        world.violate(.acknowledgedEarly, "event \(entry.event): \(fault)")
      }
    }
  }

  /// The versions of the state that a look-up for the event may have seen, as bits.
  private func versions(of event: Int) -> UInt16 {
    guard let first = events[event]?.firstVersion else { return 0 }
    let count = library.versions.count
    var versions: UInt16 = 0
    for version in first...min(database.version, first + count - 1) {
      versions |= 1 << UInt16(version % count)
    }
    return versions
  }

  /// What must have been done for an event and has not been, in words.
  private func whatIsMissing(of number: Int) -> String? {
    let (event, versions) = (library.event(number), versions(of: number))
    if event.isBad { return events[number]?.isBuried == true ? nil : "it is not among the dead letters" }
    for slot in event.slots where slot.dueIn & versions == versions {
      if slot.isRefused {
        if events[number]?.isBuried != true { return "it is not among the dead letters" }
        continue
      }
      guard let record = slot.id.flatMap({ database.records[$0] }) else {
        return "the \(slot.type) for \(slot.user.prefix(10)) is not stored"
      }
      if !slot.isUnsendable, !record.isPublished {
        return "the \(slot.type) for \(slot.user.prefix(10)) is not marked"
      }
    }
    return nil
  }

  // MARK: - Updates

  func stored(_ record: SimulatedDatabase.Record) {
    do {
      guard let slot = try library.slot(of: record) else {
        return world.violate(.surplus, "\(record.id) for \(record.userId)")
      }
      let (fingerprint, isFresh) = record.document.examined()
      let content = try slot.content(record.document, key: fingerprint)
      let versions = versions(of: slot.event)
      if slot.dueIn & versions == 0 {
        world.violate(.surplus, "the \(slot.type) of event \(slot.event) for \(slot.user)")
      } else if !content.isPossible(in: versions) || !isFresh {
        world.violate(.wrongContent, "\(slot.type) of event \(slot.event): \(content.json.text)")
      }
      record.state = UpdateState(slot: slot, content: content)
    } catch let error as Library.SecondId {
      world.violate(.twoIds, "\(error)")
    } catch {
      world.violate(.wrongContent, "\(error)")
    }
  }

  func confirmed(_ message: UpdateMessage) { database.records[message.id]?.state?.isConfirmed = true }

  /// The first time a refused message arrives says nothing about the order in which it was sent.
  func refused(_ message: UpdateMessage) { database.records[message.id]?.state?.isRouted = true }

  func willMark(_ ids: [ObjectId]) {
    for id in ids where database.records[id]?.state?.isConfirmed != true {
      world.violate(.markedUnconfirmed, "\(id)")
    }
  }

  /// - Parameters:
  ///   - isSwept: Whether a sweep has sent the message, for which no order is promised: another worker may have its
  ///     update in hand.
  ///   - inHandSince: If so, when the sweep's worker took what it has in hand, in milliseconds since 1970.
  func routed(_ message: UpdateMessage, isSwept: Bool, inHandSince: Double?) {
    guard let record = database.records[message.id], let update = record.state else {
      return world.violate(.publishedUnstored, "\(message.id) to \(message.userId)")
    }
    if let inHandSince, record.createdAt >= inHandSince {
      world.violate(.sweptInHand, "\(update.slot.type) of event \(update.slot.event)")
    }
    if !isSame(message, record, update) {
      world.violate(.publishedOther, String(decoding: message.body, as: UTF8.self))
    }
    guard !update.isRouted else { return }
    update.isRouted = true
    if isOrdered, !isSwept { judgeOrder(record.id, update.slot) }
  }

  private func judgeOrder(_ id: ObjectId, _ slot: Slot) {
    guard let event = events[slot.event], !event.isLate else { return }
    let versions = versions(of: slot.event)
    // Whoever was no recipient any more when the event was handled again gets the update later.
    guard slot.dueIn & versions == versions else { return }
    let place = 2 * event.position + (slot.isStatistics ? 1 : 0)
    let isPassed = library.event(slot.event).dialogLine.map(largeDialogs.contains) ?? false
    for line in [slot.dialogLine, isPassed ? nil : slot.userLine].compactMap({ $0 }) {
      if let before = latest[line], before.place > place {
        let other = database.records[before.id]?.state?.slot
        world.violate(
          .outOfOrder,
          "\(slot.type) of event \(slot.event) for \(slot.user) after \(other?.type ?? "?") of event "
            + "\(other?.event ?? -1)")
      } else {
        latest[line] = (place, id)
      }
    }
  }

  private func isSame(
    _ message: UpdateMessage, _ record: SimulatedDatabase.Record, _ update: UpdateState
  ) -> Bool {
    let slot = update.slot
    guard message.routingKey == record.routingKey, message.userId == record.userId,
      message.tenantId.string == slot.tenant, message.type?.rawValue == slot.type,
      message.createdAt == record.createdAt
    else { return false }
    guard let (key, end) = message.fingerprint else { return false }
    if update.content.bodies.contains(key) { return true }
    guard let body = try? JSON.parse(message.body), var fields = body.object,
      body["_id"]?.string?.text == message.id.description, body["published"] == .bool(true),
      body["publishedAt"]?.number != nil, end > 0
    else { return false }
    for name: ExactString in ["_id", "createdAt", "published", "publishedAt"] { fields[name] = nil }
    fields["routingKey"] = .string(ExactString(message.routingKey))
    guard JSON.object(fields).sameValue(as: update.content.json) else { return false }
    update.content.bodies.insert(key)
    return true
  }

  // MARK: - The end

  /// What must hold when all is quiet.
  func judgeEnd() {
    for (number, event) in events.enumerated() where event != nil {
      if let fault = whatIsMissing(of: number) { world.violate(.lost, "event \(number): \(fault)") }
    }
    for record in database.records.values {
      guard let update = record.state, !update.slot.isUnsendable else { continue }
      if !record.isPublished { world.violate(.lost, "\(record.id) is not marked") }
      if !update.isRouted { world.violate(.lost, "\(record.id) was never published") }
    }
  }
}

extension UpdateMessage {
  private static let mark = Array("\"published\":true,".utf8)

  /// A fingerprint of the body up to the fields that vary, which come last, and where they begin; `nil` if the body
  /// has no such end.
  fileprivate var fingerprint: (value: UInt64, end: Int)? {
    body.withUnsafeBytes { bytes in
      var start = bytes.count - Self.mark.count
      let least = max(0, bytes.count - 120)
      while start >= least {
        if bytes[start] == Self.mark[0], bytes[start..<start + Self.mark.count].elementsEqual(Self.mark) {
          var fingerprint = Fingerprint()
          fingerprint.combine(UnsafeRawBufferPointer(rebasing: bytes[..<start]))
          return (fingerprint.value, start)
        }
        start -= 1
      }
      return nil
    }
  }
}
