import Maintenance
import BSON
import EmbeddedStore
import LiveHarness
import MongoStore
import Pipeline
import ReplayHarness
import Simulation
import TestKit
import TestServers
import Updates

/// The kinds of stores, which all pass the same tests.
enum StoreKind: String, CaseIterable, Sendable {
  case embedded
  case mongo
  /// The database of the simulation, which must do what the others do.
  case simulated

  /// Those that operators may inspect.
  static let inspected: [StoreKind] = [.embedded, .mongo]

  /// Runs `body` on an empty store of this kind.
  func withStore(_ body: (any WorkingStore) async throws -> Void) async throws {
    guard self == .simulated else { return try await withInspectedStore { try await body($0) } }
    let world = World()
    try await body(SimulatedStore(SimulatedDatabase(world: world), life: Life(number: 1, world: world)))
  }

  /// Runs `body` on an empty store of this kind, which must be one of ``inspected``.
  func withInspectedStore(_ body: (any ConformingStore) async throws -> Void) async throws {
    switch self {
    case .simulated: throw NotInspected()
    case .embedded: try await body(try EmbeddedStore.inMemory())
    case .mongo:
      let database = MongoServer.newDatabase()
      let uri = try await MongoServer.sharedURI(database: database)
      let raw = try RawDatabase(uri: uri, name: database)
      for command in StateIndexes.commands { try raw.run(command) }
      let store = MongoStore(try MongoConfiguration(uri: uri))
      do {
        try await store.prepare()
        try await body(store)
      } catch {
        await store.close()
        throw error
      }
      await store.close()
    }
  }
}

/// What the worker needs of a store, and what shows what it has stored.
typealias WorkingStore = Directory & StateStore & UpdateBacklog & UpdateCatalog & MembershipCatalog
typealias ConformingStore = InspectedStore & StateStore & UpdateBacklog

private struct NotInspected: Error {}

extension StateStore {
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

/// The updates of one `dialog.update` in tenant `t` and dialog `d` for these users, with a text of `padding`
/// bytes.
func makeUpdates(event: Int = 1, users: [String], padding: Int = 0) throws -> [Update] {
  let id = String(repeating: "0", count: 24 - String(event).count) + String(event)
  let text = """
    {"_id": "\(id)", "tenantId": "t", "eventType": "dialog.update", \
    "data": {"dialog": {"dialogId": "d", "text": "\(longText("x", times: padding))"}}}
    """
  guard let event = try Event(EventHeader(json: Array(text.utf8))) else { return [] }
  let resolved = try event.located(stored: nil).resolved(with: EventState())
  let members = users.map { Member(userId: Identifier($0), record: .empty) }
  var updates = try resolved.plan(with: Profiles()).updates(
    for: resolved.recipients.among(members), profiles: Profiles())
  for index in updates.indices { updates[index].createdAt = 1000 + Double(index) }
  return updates
}

extension BSONDocument {
  /// The document as JSON text.
  var text: String { String(decoding: JSONWriter.text(self), as: UTF8.self) }
}
