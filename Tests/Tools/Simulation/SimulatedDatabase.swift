import BSON
import Pipeline
import ScriptedEnds
import Updates

/// A MongoDB in memory: the state in several versions, of which one is current, and the stored updates. Clients
/// reach it through ``SimulatedStore``.
///
/// `@unchecked Sendable`: see ``World``.
package final class SimulatedDatabase: @unchecked Sendable {
  /// A stored update.
  final class Record {
    let id: ObjectId
    /// As it was stored, not yet published.
    let document: BSONDocument
    let tenantId: Identifier
    let eventId: ObjectId
    let userId: Identifier
    let routingKey: String
    let createdAt: Double
    var publishedAt: Double?
    /// What the checker knows of it.
    var state: Checker.UpdateState?

    init(_ update: Update) {
      id = update.id
      document = update.document()
      tenantId = update.content.tenantId
      eventId = update.content.eventId
      userId = update.userId
      routingKey = update.routingKey
      createdAt = update.createdAt
    }

    var isPublished: Bool { publishedAt != nil }

    func precedes(_ other: Record) -> Bool {
      createdAt != other.createdAt
        ? createdAt < other.createdAt : id.bytes.lexicographicallyPrecedes(other.id.bytes)
    }

    /// As a reader finds it now.
    var stored: StoredUpdate? {
      guard let publishedAt else { return StoredUpdate(document) }
      return StoredUpdate(
        document.replacing { output in
          output.append("published", true)
          output.append("publishedAt", publishedAt)
        })
    }
  }

  let server = Life.Server("MongoDB")
  let world: World
  /// The versions of the state, which follow each other in a circle.
  private var versions: [SimulatedState]
  /// Counts up with every change.
  private(set) var version = 0
  private(set) var records: [ObjectId: Record] = [:]
  /// Not marked, in the order in which they were stored.
  private(set) var unpublished: [Record] = []
  /// The updates that the server refuses for what they contain, and why.
  private let objection: (Update) -> String?
  var didStore: (Record) -> Void = { _ in }

  init(world: World, versions: [SimulatedState], objection: @escaping (Update) -> String?) {
    self.world = world
    self.versions = versions
    self.objection = objection
  }

  /// An empty one, for the conformance tests.
  package convenience init(world: World) {
    self.init(world: world, versions: [SimulatedState()]) { $0.sizeObjection }
  }

  var state: SimulatedState { versions[version % versions.count] }

  func advance(to version: Int) { self.version = version }

  func apply(_ change: StateChange) { versions[version % versions.count].apply(change) }

  /// Stores the given percentage of the updates, the first ones.
  func insert(_ updates: [Update], percent: Int) -> [InsertOutcome] {
    updates.prefix(updates.count * percent / 100).map { update in
      if let objection = objection(update) { return .refused(objection) }
      guard records[update.id] == nil else { return .existing }
      let record = Record(update)
      records[record.id] = record
      unpublished.append(record)
      didStore(record)
      return .new
    }
  }

  func mark(_ ids: [ObjectId], at publishedAt: Double, percent: Int) {
    for id in ids.prefix(ids.count * percent / 100) { records[id]?.publishedAt = publishedAt }
    unpublished.removeAll { $0.isPublished }
  }
}
