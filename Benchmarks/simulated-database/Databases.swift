import BSON
import Synchronization

/// All databases, and the commands on them.
final class Databases: Sendable {
  /// MongoDB's own codes.
  private enum Code: Int64 {
    case badValue = 2
    case cursorNotFound = 43
    case commandNotFound = 59
    case duplicateKey = 11000
  }

  private struct Refusal: Error {
    let code: Code
    let reason: String
  }

  private let collections = Mutex<[String: Collection]>([:])

  /// The answer to a command, which may be that it is refused.
  func answer(_ command: WireMessage.Command, cursors: inout Cursors) -> BSONDocument {
    do {
      return try run(command, cursors: &cursors)
    } catch {
      var answer = BSONWriter()
      answer.append("ok", 0.0)
      answer.append("errmsg", error.reason)
      answer.append("code", error.code.rawValue)
      return answer.finish()
    }
  }

  private func run(_ command: WireMessage.Command, cursors: inout Cursors) throws(Refusal) -> BSONDocument {
    guard let first = command.body.first(where: { _ in true }) else {
      throw Refusal(code: .commandNotFound, reason: "the command is empty")
    }
    let name =
      "\(command.body["$db"]?.string ?? "").\(first.string ?? command.body["collection"]?.string ?? "")"
    switch first.key {
    case "hello", "isMaster", "ismaster": return Self.hello
    case "ping", "endSessions": return Self.done
    case "createIndexes":
      let keys = (command.body["indexes"]?.array ?? .empty).compactMap { $0.document?.document("key") }
      collections.withLock { collections in
        for field in keys.flatMap({ $0.map(\.key) }) {
          collections[name, default: Collection()].makeIndex(of: field)
        }
      }
      return Self.done
    case "insert": return insert(Self.documents(command, "documents"), into: name)
    case "update": return try update(Self.documents(command, "updates"), in: name)
    case "find": return try find(command.body, in: name, cursors: &cursors)
    case "getMore":
      let size = Self.pageSize(command.body)
      guard let cursor = first.integer, let (page, next) = cursors.next(cursor, size: size) else {
        throw Refusal(code: .cursorNotFound, reason: "there is no such cursor")
      }
      return Self.page(page, "nextBatch", cursor: next, of: name)
    case "killCursors":
      for cursor in command.body["cursors"]?.array ?? .empty { cursors.close(cursor.integer ?? 0) }
      return Self.done
    case "drop":
      collections.withLock { $0[name] = nil }
      return Self.done
    default:
      throw Refusal(code: .commandNotFound, reason: "the simulated database does not know \(first.key)")
    }
  }

  private func insert(_ documents: [BSONDocument], into name: String) -> BSONDocument {
    let refused = collections.withLock { collections in
      documents.indices.filter { !collections[name, default: Collection()].insert(documents[$0]) }
    }
    var answer = BSONWriter()
    answer.append("n", Int64(documents.count - refused.count))
    if !refused.isEmpty {
      answer.open("writeErrors", as: .array)
      for (position, index) in refused.enumerated() {
        answer.open(String(position))
        answer.append("index", Int64(index))
        answer.append("code", Code.duplicateKey.rawValue)
        answer.append("errmsg", "E11000 duplicate key error collection: \(name) index: _id_")
        answer.open("keyPattern")
        answer.append("_id", Int64(1))
        answer.close()
        answer.open("keyValue")
        if let id = documents[index]["_id"] { answer.append(id) }
        answer.close()
        answer.close()
      }
      answer.close()
    }
    answer.append("ok", 1.0)
    return answer.finish()
  }

  private func update(_ updates: [BSONDocument], in name: String) throws(Refusal) -> BSONDocument {
    var matched = 0
    for update in updates {
      guard let fields = update.document("u")?.document("$set") else {
        throw Refusal(code: .badValue, reason: "the simulated database knows $set alone")
      }
      let filter = try Self.filter(update.document("q"))
      let isMany = update["multi"]?.bool ?? false
      matched += collections.withLock {
        $0[name, default: Collection()].update(filter, set: fields, isMany: isMany)
      }
    }
    var answer = BSONWriter()
    answer.append("n", Int64(matched))
    answer.append("nModified", Int64(matched))
    answer.append("ok", 1.0)
    return answer.finish()
  }

  private func find(
    _ command: BSONDocument, in name: String, cursors: inout Cursors
  ) throws(Refusal) -> BSONDocument {
    let filter = try Self.filter(command.document("filter"))
    let sort = command.document("sort") ?? .empty
    // A limit of 0 is none.
    let limit = command["limit"]?.integer.map { $0 == 0 ? Int.max : Int($0) } ?? .max
    var candidates = collections.withLock { $0[name, default: Collection()].documents(for: filter) }
    if !sort.isEmpty { candidates.sort { Self.precedes($0, $1, sort) } }
    let finding = Finding(
      candidates, filter: filter, projection: command.document("projection"), limit: limit)
    let (page, cursor) = cursors.first(finding, size: Self.pageSize(command))
    return Self.page(page, "firstBatch", cursor: cursor, of: name)
  }

  private static func filter(_ document: BSONDocument?) throws(Refusal) -> Filter {
    do {
      return try Filter(document ?? .empty)
    } catch {
      throw Refusal(code: .badValue, reason: error.description)
    }
  }

  /// How many documents a page holds: as many as are asked for, else 101 as in MongoDB.
  private static func pageSize(_ command: BSONDocument) -> Int {
    command["batchSize"]?.integer.map { max(1, Int($0)) } ?? 101
  }

  /// Whether a document comes first. Values that are neither numbers nor of equal length and type compare by their
  /// bytes, which is MongoDB's order for strings and ids.
  private static func precedes(_ left: BSONDocument, _ right: BSONDocument, _ sort: BSONDocument) -> Bool {
    for key in sort {
      let isAscending = (key.number ?? 1) > 0
      let (first, second) = (left[key.key], right[key.key])
      if let one = first?.number, let other = second?.number {
        if one < other { return isAscending }
        if one > other { return !isAscending }
      } else {
        let one = first?.stringBytes ?? first?.valueBytes ?? []
        let other = second?.stringBytes ?? second?.valueBytes ?? []
        if one.lexicographicallyPrecedes(other) { return isAscending }
        if other.lexicographicallyPrecedes(one) { return !isAscending }
      }
    }
    return false
  }

  private static func documents(_ command: WireMessage.Command, _ name: String) -> [BSONDocument] {
    command.documents[name] ?? (command.body[name]?.array ?? .empty).compactMap(\.document)
  }

  private static func page(
    _ documents: [BSONDocument], _ key: String, cursor: Int64, of name: String
  ) -> BSONDocument {
    var answer = BSONWriter(capacity: 128 + documents.reduce(0) { $0 + $1.bytes.count + 8 })
    answer.open("cursor")
    answer.open(key, as: .array)
    for (index, document) in documents.enumerated() { answer.append(String(index), document) }
    answer.close()
    answer.append("id", cursor)
    answer.append("ns", name)
    answer.close()
    answer.append("ok", 1.0)
    return answer.finish()
  }

  private static let done: BSONDocument = {
    var answer = BSONWriter()
    answer.append("ok", 1.0)
    return answer.finish()
  }()

  /// A standalone server of version 6.0, without what it has not: no replica set, and no answers that stream.
  private static let hello: BSONDocument = {
    var answer = BSONWriter()
    answer.append("helloOk", true)
    answer.append("ismaster", true)
    answer.append("isWritablePrimary", true)
    answer.append("maxBsonObjectSize", Int64(BSONDocument.largestStored))
    answer.append("maxMessageSizeBytes", Int64(48_000_000))
    answer.append("maxWriteBatchSize", Int64(100_000))
    answer.append("logicalSessionTimeoutMinutes", Int64(30))
    answer.append("minWireVersion", Int64(0))
    answer.append("maxWireVersion", Int64(17))
    answer.append("readOnly", false)
    answer.append("ok", 1.0)
    return answer.finish()
  }()
}
