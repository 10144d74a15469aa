/// The spec (`update-worker.md`) as a program: slow, simple, independent of the product.
///
/// Every event is planned against the present state. Which updates were stored before is not modelled here,
/// but in `StoredUpdates`.
package struct SpecModel: Sendable {
  private var state = State()

  package init() {}

  /// Handles one line of a timeline (§9), with or without its line end.
  package mutating func handle(line: [UInt8]) -> LineOutcome {
    if line.first == UInt8(ascii: "#") { return .skipped }
    if line.allSatisfy(Array(" \t\r\n".utf8).contains) { return .skipped }
    do throws(BadLine) {
      return try outcome(of: line)
    } catch {
      return .bad(reason: error.reason)
    }
  }

  private mutating func outcome(of line: [UInt8]) throws(BadLine) -> LineOutcome {
    guard let fields = try JSON.parse(line).object else { throw BadLine("not an object") }
    if StateChange.isMeant(by: fields) {
      state.apply(try StateChange(fields))
      return .state
    }
    return try outcome(ofEvent: fields)
  }

  private func outcome(ofEvent fields: Fields) throws(BadLine) -> LineOutcome {
    let identity = try ObjectIdHex.identity(of: fields)
    guard fields.present("tenantId") != nil else { throw BadLine("no tenantId") }
    guard let name = fields["eventType"]?.string, !name.text.isEmpty else {
      throw BadLine("no eventType")
    }
    guard let type = EventType(named: name) else { return .ignored(eventType: name.text) }
    let event = try Event(fields, identity: identity, type: type)
    return .updates(try Plan(state: state, event: event).updates())
  }
}
