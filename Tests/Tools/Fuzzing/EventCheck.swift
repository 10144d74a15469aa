import BSON
import Pipeline
import SpecModel
import Updates

/// What became of an event.
enum EventFate: Equatable {
  case bad
  case ignored
  case updates(Int)
}

/// Compares the way of an event, from decoding to encoding, with the naive model of the spec and with itself.
struct EventCheck {
  private static let publishedAt = 1763551369397.6482
  /// Stored values may be nested deeper than an event.
  private static let deepest = 400

  let input: [UInt8]

  /// Two readers must both accept the JSON text, with the same value, or both refuse it.
  func document() throws(Finding) -> BSONDocument? {
    let other = try? JSON.parse(input)
    let document: BSONDocument
    do {
      document = try JSONReader.object(input)
    } catch {
      try Finding.expect(other?.object == nil, "refused: \(error)", input)
      return nil
    }
    guard let other, other.object != nil else {
      throw Finding("accepted, although it is not a JSON object", input)
    }
    try check(document, "the event")
    try Finding.expect(
      LibBSON.validates(Array(document.bytes)), "the event's BSON is not what libbson takes", input)
    try Finding.expect(
      try json(JSONWriter.text(document), "the event").isPrinted(other), "another value than was read",
      input)
    return document
  }

  /// Without state, the event must have the same fate and the same updates as in the model of the spec.
  func againstModel() throws(Finding) -> EventFate {
    let fate: EventFate
    var made: [JSON] = []
    do {
      if let event = try event() {
        let resolved = try event.located(stored: nil).resolved(with: EventState())
        let plan = try resolved.plan(with: Profiles())
        var updates = plan.updates(for: resolved.recipients.all(among: []), profiles: Profiles())
        updates += plan.statisticsUpdates(for: resolved.statistics.all(among: []), profiles: Profiles())
        for update in updates { made.append(try content(of: update)) }
        fate = .updates(made.count)
      } else {
        fate = .ignored
      }
    } catch let error as Finding {
      throw error
    } catch {
      try Finding.expect(error is BadEvent, "an error of another kind: \(error)", input)
      fate = .bad
    }
    var model = SpecModel()
    switch model.handle(line: input) {
    case .bad(let reason): try Finding.expect(fate == .bad, "\(fate), but it is bad: \(reason)", input)
    case .ignored: try Finding.expect(fate == .ignored, "\(fate), but it is to be ignored", input)
    case .updates(let expected):
      try Finding.expect(
        fate == .updates(expected.count), "\(fate), but \(expected.count) updates are due", input)
      for (mine, theirs) in zip(made, expected) {
        try Finding.expect(
          mine.isPrinted(theirs.json), "made \(mine.text), due \(theirs.json.text)", input)
      }
    case .state, .skipped: break
    }
    return fate
  }

  /// With any state, every update must be valid BSON and valid JSON with the same content.
  func against(_ state: RandomState, _ mutator: inout Mutator) throws(Finding) {
    do {
      guard let event = try event() else { return }
      let located = try event.located(stored: state.document(&mutator))
      var eventNeeds = EventNeeds()
      located.addNeeds(to: &eventNeeds)
      let eventState = state.state(for: eventNeeds, &mutator)
      _ = eventNeeds.lookUps(eventState)
      let resolved = located.resolved(with: eventState)
      let members = state.members(&mutator)
      let recipients = resolved.recipients.all(among: members)
      let users = resolved.statistics.all(among: members)
      var needs = ProfileNeeds()
      located.addNeeds(to: &needs)
      resolved.recipients.addNeeds(of: recipients, to: &needs)
      resolved.statistics.addNeeds(of: users, to: &needs)
      try check(eventNeeds, needs)
      try check(resolved, members, recipients, users)
      let profiles = state.profiles(for: needs, &mutator)
      _ = needs.lookUps(profiles)
      let plan = try resolved.plan(with: profiles)
      var updates = plan.updates(for: Array(recipients.prefix(2)), profiles: profiles)
      updates += plan.statisticsUpdates(for: Array(users.suffix(1)), profiles: profiles)
      for update in updates { _ = try content(of: update) }
    } catch let error as Finding {
      throw error
    } catch {
      // The records that were found may make the event bad.
      try Finding.expect(error is BadEvent, "an error of another kind: \(error)", input)
    }
  }

  /// An explanation must tell of each active member what the planner has decided.
  private func check(
    _ resolved: ResolvedEvent, _ members: [Member], _ recipients: [Recipient], _ users: [Identifier]
  ) throws(Finding) {
    let rule = resolved.located.event.type.rule
    for member in members where member.isActive {
      let concerned = resolved.concerned(member.userId, record: member.record)
      let isRecipient =
        recipients.contains { $0.userId == member.userId } && resolved.recipients.roster != nil
        || resolved.recipients.named?.userId == member.userId
      try Finding.expect(
        concerned.ordinary.getsUpdate == isRecipient,
        "\(member.userId) \(concerned.ordinary.words(rule)), but the planner decides otherwise", input)
      // Of several records of one user, the planner takes each by itself.
      if members.count(where: { $0.userId == member.userId }) > 1 { continue }
      try Finding.expect(
        concerned.statistics.getsUpdate == users.contains(member.userId),
        "\(member.userId) \(concerned.statistics.words), but the planner decides otherwise", input)
    }
    for userId in resolved.located.peopleNamed { _ = resolved.concerned(userId, record: nil) }
  }

  private func event() throws(BadEvent) -> Event? {
    try Event(EventHeader(json: input))
  }

  /// Checks that BSON and JSON of the update are valid, and returns the fields that the model knows.
  private func content(of update: Update) throws(Finding) -> JSON {
    let document = update.document()
    try check(document, "an update")
    let body = update.body(publishedAt: Self.publishedAt)
    guard let stored = StoredUpdate(document) else {
      throw Finding("an update cannot be read back", input)
    }
    try Finding.expect(
      stored.body(publishedAt: Self.publishedAt) == body,
      "the body made at once differs from the stored one's", input)
    try Finding.expect(stored.routingKey == update.routingKey && !stored.isPublished, "another update", input)
    guard var fields = try json(JSONWriter.text(document), "an update").object,
      var published = try json(body, "a body").object
    else { throw Finding("an update is not an object", input) }
    for name: ExactString in ["_id", "createdAt", "published", "publishedAt"] {
      fields[name] = nil
      published[name] = nil
    }
    published["routingKey"] = .string(update.routingKey)
    try Finding.expect(
      JSON.object(fields).sameValue(as: .object(published)), "body and document differ", input)
    return .object(fields)
  }

  /// Whatever an event holds, only ids of one tenant may reach a look-up.
  private func check(_ event: EventNeeds, _ profiles: ProfileNeeds) throws(Finding) {
    let keys = event.dialogs.union(event.statuses).union(profiles.users)
    let tenants = Set(keys.map(\.tenantId)).union(profiles.metas.map(\.tenantId))
    try Finding.expect(tenants.count <= 1, "look-ups of \(tenants.count) tenants", input)
    for id in event.dialogs.union(event.statuses).map(\.id) {
      let bytes = Array(id.string.utf8)
      try Finding.expect(
        (1...Identifier.longest).contains(bytes.count) && !bytes.contains(0), "\(id) reaches a look-up", input
      )
    }
  }

  private func check(_ document: BSONDocument, _ what: String) throws(Finding) {
    do {
      _ = try BSONDocument(validating: Array(document.bytes))
    } catch {
      throw Finding("\(what) is \(error)", input)
    }
  }

  private func json(_ text: [UInt8], _ what: String) throws(Finding) -> JSON {
    do {
      return try JSON.parse(text, deepest: Self.deepest)
    } catch {
      throw Finding("\(what) is printed as text that is not JSON: \(error.reason)", input)
    }
  }
}
