import BSON
import Pipeline

/// Puts records together to state lines of a timeline (spec section 9), in their order.
struct StateLines {
  /// A line with more bytes of records than this takes no more.
  private static let full = 256 << 10

  private var action = StateChange.Action.upsert
  private var records: [RecordCollection: [[UInt8]]] = [:]
  private var bytes = 0

  /// Adds a record, given as JSON; returns a line that has to be written first.
  mutating func add(
    _ action: StateChange.Action, _ record: [UInt8], to collection: RecordCollection
  ) -> [UInt8]? {
    var line: [UInt8]?
    if action != self.action || bytes > Self.full { line = finish() }
    self.action = action
    records[collection, default: []].append(record)
    bytes += record.count
    return line
  }

  /// Returns the line that has been begun, and begins a new one; `nil` when nothing has been added to it.
  mutating func finish() -> [UInt8]? {
    guard !records.isEmpty else { return nil }
    defer {
      records = [:]
      bytes = 0
    }
    return Self.line(action, records)
  }

  /// A state line.
  static func line(_ action: StateChange.Action, _ records: [RecordCollection: [[UInt8]]]) -> [UInt8] {
    var output = JSONWriter()
    output.append(raw: "{\"\(action.rawValue)\":{")
    var isFirst = true
    for collection in RecordCollection.allCases {
      guard let records = records[collection] else { continue }
      output.append(raw: isFirst ? "" : ",")
      output.append(raw: "\"\(collection.rawValue)\":[")
      for (index, record) in records.enumerated() {
        output.append(raw: index == 0 ? "" : ",")
        output.append(raw: record)
      }
      output.append(raw: "]")
      isFirst = false
    }
    output.append(raw: "}}")
    return output.bytes
  }
}
