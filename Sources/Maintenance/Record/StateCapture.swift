import BSON
import Pipeline
import Updates

/// Writes the state lines that a recording needs: the records behind the planner's look-ups, as far as the
/// recording does not have them in this form yet, and deletions of those that are gone.
actor StateCapture {
  /// Records fetched at a time.
  private static let page = 200

  private let records: any StateRecords
  private let mask: RecordingMask
  private let write: @Sendable ([UInt8]) async throws -> Void
  private var lines = StateLines()
  var recorded = RecordedState()
  private var last: Task<Void, any Error>?
  /// How many records were written, by collection.
  private(set) var written: [String: Int] = [:]
  private(set) var deleted = 0
  /// How many records no timeline can hold: they have no usable key, or are nested too deeply, or too large.
  private(set) var unwritable = 0

  init(
    _ records: any StateRecords, mask: RecordingMask,
    write: @escaping @Sendable ([UInt8]) async throws -> Void
  ) {
    self.records = records
    self.mask = mask
    self.write = write
  }

  /// Brings the recording up to date with the state, as far as these look-ups reach. Calls at the same time
  /// are carried out one after the other.
  func update(_ notes: StateNotes) async throws {
    let previous = last
    let task = Task {
      // Its failure is thrown to its own caller.
      _ = await previous?.result
      try await self.perform(notes)
    }
    last = task
    try await task.value
  }

  private func perform(_ notes: StateNotes) async throws {
    do {
      try await updateUsers(notes)
      try await updateDialogs(notes)
      try await updateMessages(notes)
      try await updateMemberships(notes)
      try await updateMetas(notes)
      try await updateHistories(notes)
    } catch {
      // What has been added counts as written, so it must be.
      try await flush()
      throw error
    }
    try await flush()
  }

  private func flush() async throws {
    if let line = lines.finish() { try await write(line) }
  }

  // MARK: - For the collections

  /// Calls `body` with each record of a selection.
  func forEach(
    _ selection: StateSelection, of tenantId: Identifier, _ body: (BSONDocument) async throws -> Void
  ) async throws {
    let stream = try await records.records(selection, of: tenantId)
    while true {
      let page = try await stream.next(Self.page)
      for record in page { try await body(record) }
      if page.isEmpty { return }
    }
  }

  /// Writes a record, unless no timeline can hold it.
  func upsert(_ record: BSONDocument, in collection: RecordCollection) async throws {
    let text = record.asStateRecord()
    do {
      let line = StateLines.line(.upsert, [collection: [text]])
      guard line.count <= BSONDocument.largestStored else { return unwritable += 1 }
      _ = try StateChange(try JSONReader.object(line))
      let record = mask.root == nil ? text : try CompactJSON.line(text, mask: mask)
      written[collection.rawValue, default: 0] += 1
      if let line = lines.add(.upsert, record, to: collection) { try await write(line) }
    } catch is JSONError {
      unwritable += 1
    } catch is BadEvent {
      unwritable += 1
    }
  }

  /// Writes the deletion of the records with this key.
  func delete(_ key: [(field: String, value: String)], from collection: RecordCollection) async throws {
    var record = BSONWriter()
    for part in key { record.append(part.field, part.value) }
    deleted += 1
    let text = JSONWriter.text(record.finish())
    if let line = lines.add(.delete, text, to: collection) { try await write(line) }
  }
}

extension BSONDocument {
  /// The record as JSON, without what the database and mongoose add.
  fileprivate func asStateRecord() -> [UInt8] {
    var output = BSONWriter(capacity: bytes.count)
    for element in self where !element.hasKey("_id") && !element.hasKey("__v") { output.append(element) }
    return JSONWriter.text(output.finish())
  }

  /// The id in this field; `nil` when the field is not a string.
  func identifier(_ field: String) -> Identifier? { self[field]?.string.map(Identifier.init) }
}

extension Set<EntityKey> {
  /// The ids by tenant.
  var byTenant: [Identifier: [Identifier]] {
    Dictionary(grouping: self, by: \.tenantId).mapValues { $0.map(\.id) }
  }
}
