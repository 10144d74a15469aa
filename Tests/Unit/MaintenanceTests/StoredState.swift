import BSON
import EmbeddedStore
import Maintenance
import Pipeline
import Synchronization
import Updates

/// A state that changes by state lines, and that shows both its records and what look-ups find in them.
final class StoredState: StateRecords {
  private struct Entry {
    let key: [Identifier]
    let document: BSONDocument
  }

  /// The same state for look-ups.
  let directory: EmbeddedStore
  private let entries = Mutex<[RecordCollection: [Entry]]>([:])
  private let nextId = Mutex<Int64>(0)

  init() throws {
    directory = try EmbeddedStore.inMemory()
  }

  func apply(_ change: StateChange) async throws {
    try await directory.apply(change)
    entries.withLock { entries in
      for record in change.records {
        let key = record.key.map(Identifier.init)
        let isHistory = record.collection == .messagestatuses && change.action == .upsert
        if !isHistory { entries[record.collection]?.removeAll { $0.key == key } }
        guard change.action == .upsert else { continue }
        var output = BSONWriter()
        output.append(
          "_id",
          nextId.withLock { id in
            id += 1; return id
          })
        for element in record.document where !element.hasKey("_id") { output.append(element) }
        entries[record.collection, default: []].append(Entry(key: key, document: output.finish()))
      }
    }
  }

  func records(_ selection: StateSelection, of tenantId: Identifier) async throws -> any RecordStream {
    let found = entries.withLock { $0[selection.collection] ?? [] }.map(\.document).filter {
      $0["tenantId"]?.string.map(Identifier.init) == tenantId && selection.contains($0)
    }
    return Pages(found: Mutex(selection.collection == .messagestatuses ? found.sorted(by: isEarlier) : found))
  }
}

/// Records, page by page.
private final class Pages: RecordStream {
  private let found: Mutex<[BSONDocument]>

  init(found: consuming sending Mutex<[BSONDocument]>) { self.found = found }

  func next(_ count: Int) async throws -> [BSONDocument] {
    found.withLock { found in
      // Small pages, so that there are several.
      let page = found.prefix(min(count, 3))
      found.removeFirst(page.count)
      return Array(page)
    }
  }
}

private func isEarlier(_ left: BSONDocument, _ right: BSONDocument) -> Bool {
  for field in ["messageId", "userId"] {
    let values = [left, right].map { $0[field]?.string.map(Identifier.init) ?? Identifier("") }
    if values[0] != values[1] { return values[0] < values[1] }
  }
  return (left["_id"]?.number ?? 0) < (right["_id"]?.number ?? 0)
}

extension StateSelection {
  fileprivate func contains(_ record: BSONDocument) -> Bool {
    func has(_ field: String, _ ids: [Identifier]) -> Bool {
      (record[field]?.string.map(Identifier.init)).map(ids.contains) ?? false
    }
    let isActive = record["isActive"]?.bool != false
    return switch self {
    case .users(let ids): has("userId", ids)
    case .dialogs(let ids): has("dialogId", ids)
    case .messages(let ids): has("messageId", ids)
    case .memberships(let dialog, let users): has("dialogId", [dialog]) && has("userId", users)
    case .activeMembers(let dialogs): isActive && has("dialogId", dialogs)
    case .activeMemberships(let users): isActive && has("userId", users)
    case .newerMessages(let dialogs, let since):
      has("dialogId", dialogs) && record["createdAt"]?.number.map { $0 >= since } ?? false
    case .statuses(let messages): has("messageId", messages)
    case .metas(let entity, let ids):
      record["entityType"]?.string == entity.rawValue && has("entityId", ids)
    }
  }
}
