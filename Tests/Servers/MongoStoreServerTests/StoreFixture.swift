import BSON
import MongoStore
import Pipeline
import TestKit
import TestServers
import Updates

/// Lends a store on a new database.
func withStore(_ body: (MongoStore) async throws -> Void) async throws {
  let store = MongoStore(try MongoConfiguration(uri: try await MongoServer.sharedURI()))
  do {
    for command in StateIndexes.commands { _ = try await store.command(command) }
    try await body(store)
    await store.close()
  } catch {
    await store.close()
    throw error
  }
}

extension MongoStore {
  /// Applies a state line.
  func apply(_ line: String) async throws {
    try await apply(StateChange(JSONReader.object(Array(line.utf8))))
  }
}

extension EntityKey {
  init(_ tenant: String, _ id: String) {
    self.init(tenantId: Identifier(tenant), id: Identifier(id))
  }
}

extension MemberKey {
  init(_ tenant: String, _ dialog: String, _ user: String) {
    self.init(dialog: EntityKey(tenant, dialog), userId: Identifier(user))
  }
}

extension MetaKey {
  init(_ tenant: String, _ entity: MetaEntity, _ id: String) {
    self.init(tenantId: Identifier(tenant), entity: entity, entityId: Identifier(id))
  }
}

extension BSONDocument {
  var json: String {
    var output = JSONWriter(capacity: 256)
    output.append(self)
    return String(decoding: output.bytes, as: UTF8.self)
  }
}

/// The updates that the planner makes of one `dialog.update` in tenant `t` for these users.
func makeUpdates(
  event: String = "64b000000000000000000001", users: [String], padding: Int = 0, createdAt: Double = 1000.25
) throws -> [Update] {
  let filler = longText("x", times: padding)
  let dialog = #"{"dialogId": "d", "": 1, "a.b": 2, "$where": 3, "padding": "\#(filler)"}"#
  let text =
    #"{"_id": "\#(event)", "tenantId": "t", "eventType": "dialog.update", "data": {"dialog": \#(dialog)}}"#
  let event = try unwrap(try Event(try EventHeader(json: Array(text.utf8))))
  let resolved = try event.located(stored: nil).resolved(with: EventState())
  let plan = try resolved.plan(with: Profiles())
  let members = users.map { Member(userId: Identifier($0), record: .empty) }
  return plan.updates(for: resolved.recipients.among(members), profiles: Profiles()).map { update in
    var update = update
    update.createdAt = createdAt
    return update
  }
}

func unwrap<Value>(_ value: Value?, _ what: String = "\(Value.self)") throws -> Value {
  guard let value else { throw TestServerError("there is no \(what)") }
  return value
}
