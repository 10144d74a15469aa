import BSON
import Foundation
import Pipeline
import Synchronization
import Updates

/// Prints updates to standard output: as a table, or as lines of JSON.
final class UpdateListing: Sendable {
  private struct State {
    var rows: [[String]] = []
    var widths: [Int] = []
    var count = 0
  }

  /// Rows gathered before they are printed, so that their columns can be aligned.
  private static let page = 500
  private static let titles = [
    "TIME (UTC)", "RECIPIENT", "TYPE", "EVENT TYPE", "ENTITY", "PUBLISHED", "ROUTING KEY",
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
      if asJSON { return try write(JSONWriter.text(update.document) + [UInt8(ascii: "\n")]) }
      state.rows.append(Self.row(update))
      return state.rows.count < Self.page ? true : try flush(&state)
    }
  }

  /// Prints what is left.
  func finish() throws {
    _ = try state.withLock { try flush(&$0) }
  }

  private func flush(_ state: inout State) throws -> Bool {
    guard !state.rows.isEmpty else { return true }
    var rows = state.rows
    if state.widths.isEmpty { rows.insert(Self.titles, at: 0) }
    state.rows = []
    for row in rows {
      for (column, text) in row.dropLast().enumerated() {
        if column == state.widths.count { state.widths.append(0) }
        state.widths[column] = max(state.widths[column], text.count)
      }
    }
    let widths = state.widths
    let text = rows.map { row in
      row.enumerated().map { column, text in
        column < widths.count
          ? text + String(repeating: " ", count: max(0, widths[column] - text.count)) : text
      }.joined(separator: "  ")
    }
    return try write(Array((text.joined(separator: "\n") + "\n").utf8))
  }

  private static func row(_ update: StoredUpdate) -> [String] {
    let recipient = "\(update.tenantId)/\(update.userId)"
    return [
      time(update.createdAt), recipient, update.type?.rawValue ?? "?", update.eventType,
      update.entityId ?? "",
      update.isPublished ? "yes" : "no", update.routingKey,
    ].map(printable)
  }

  private func write(_ bytes: [UInt8]) throws -> Bool {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(bytes))
      return true
    } catch {
      if errno == EPIPE { return false }
      throw Failure(
        .unavailable, "the updates cannot be written to standard output: \(error.localizedDescription)")
    }
  }
}

/// `2025-11-19 11:22:49.397` of milliseconds since 1970.
func time(_ milliseconds: Double) -> String {
  // Only a damaged or foreign record has a time that no date can show.
  guard milliseconds.magnitude <= 8.64e15 else { return "?" }
  let date = Date(timeIntervalSince1970: (milliseconds / 1000).rounded(.down))
  let fraction = Int(milliseconds - (milliseconds / 1000).rounded(.down) * 1000)
  let text = date.formatted(.iso8601).replacing("T", with: " ").replacing("Z", with: "")
  return text + "." + String(1000 + fraction).dropFirst()
}
