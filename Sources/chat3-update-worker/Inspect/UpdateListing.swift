import BSON
import Foundation
import Pipeline
import Synchronization
import Updates

/// Prints updates to standard output: as a table, or as lines of JSON.
final class UpdateListing: Sendable {
  private struct State {
    var table = Table(UpdateListing.columns)
    var count = 0
  }

  /// The routing key gives way first: its words are in the other columns.
  private static let columns = [
    TableColumn(title: "TIME (UTC)"), TableColumn(title: "RECIPIENT", least: 12), TableColumn(title: "TYPE"),
    TableColumn(title: "EVENT TYPE", least: 8), TableColumn(title: "ENTITY", least: 8, mayGo: true),
    TableColumn(title: "PUBLISHED"), TableColumn(title: "ROUTING KEY", least: 20, mayGo: true),
  ]

  private let state = Mutex(State())
  private let asJSON: Bool

  init(asJSON: Bool) {
    self.asJSON = asJSON
  }

  /// Whether nothing was printed.
  var isEmpty: Bool { state.withLock { $0.count == 0 } }

  /// Prints one more; false when nobody reads any more.
  func add(_ update: StoredUpdate) throws -> Bool {
    try state.withLock { state in
      state.count += 1
      if asJSON { return try writeOutput(JSONWriter.text(update.document) + [UInt8(ascii: "\n")]) }
      return try state.table.add(Self.row(update))
    }
  }

  /// Prints what is left; false when nobody reads any more.
  @discardableResult
  func flush() throws -> Bool {
    try state.withLock { try $0.table.flush() }
  }

  private static func row(_ update: StoredUpdate) -> [String] {
    let recipient = "\(update.tenantId)/\(update.userId)"
    return [
      time(update.createdAt), recipient, update.type?.rawValue ?? "?", update.eventType,
      update.entityId ?? "",
      update.isPublished ? "yes" : "no", update.routingKey,
    ]
  }
}
