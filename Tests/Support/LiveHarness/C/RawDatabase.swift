package import BSON
import CMongoC
import TestServers

/// A database as any other program uses it: commands go to the server unchanged. Only one task at a time may
/// use it.
package final class RawDatabase: @unchecked Sendable {
  package let name: String
  private let client: OpaquePointer

  /// After how many idle milliseconds a connection is tried before it is used, because tests restart servers. The C
  /// library itself does so after five seconds.
  private static let trust: Int32 = 100

  /// The first command makes the connection.
  package init(uri: String, name: String) throws {
    mongoc_init()
    var error = bson_error_t()
    guard let parsed = mongoc_uri_new_with_error(uri, &error) else {
      throw TestServerError("the MongoDB URI is not valid")
    }
    defer { mongoc_uri_destroy(parsed) }
    guard mongoc_uri_set_option_as_int32(parsed, "socketTimeoutMS", MongoServer.patience),
      mongoc_uri_set_option_as_int32(parsed, "socketCheckIntervalMS", Self.trust)
    else {
      throw TestServerError("libmongoc refuses the time limits")
    }
    guard let client = mongoc_client_new_from_uri(parsed) else {
      throw TestServerError("libmongoc makes no client")
    }
    self.client = client
    self.name = name
  }

  deinit { mongoc_client_destroy(client) }

  /// Runs a command, given as JSON, and returns the reply.
  @discardableResult
  package func run(_ command: String) throws -> BSONDocument {
    try run(try JSONReader.object(Array(command.utf8)))
  }

  /// Runs a command and returns the reply.
  @discardableResult
  package func run(_ command: BSONDocument) throws -> BSONDocument {
    var error = bson_error_t()
    let reply = bson_new()
    defer { bson_destroy(reply) }
    let isDone = command.bytes.withUnsafeBytes { bytes in
      guard let bson = bson_new_from_data(bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count) else {
        return false
      }
      defer { bson_destroy(bson) }
      return mongoc_client_command_simple(client, name, bson, nil, reply, &error)
    }
    guard isDone, let data = bson_get_data(reply) else {
      let message = withUnsafeBytes(of: &error.message) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw TestServerError("MongoDB refused a command: \(message)")
    }
    let length = UnsafeRawPointer(data).loadUnaligned(as: Int32.self).littleEndian
    return try BSONDocument(validating: Array(UnsafeBufferPointer(start: data, count: Int(length))))
  }

  /// How many updates are stored.
  ///
  /// - Parameter published: Whether to count only those with this mark.
  package func updates(published: Bool = false, about entityId: String? = nil) throws -> Int {
    let filters = [published ? "\"published\":true" : nil, entityId.map { "\"entityId\":\"\($0)\"" }]
    let filter = filters.compactMap { $0 }.joined(separator: ",")
    return Int(try run("{\"count\":\"updates\",\"query\":{\(filter)}}")["n"]?.number ?? 0)
  }

  /// All records of a collection.
  package func records(of collection: String) throws -> [BSONDocument] {
    var records: [BSONDocument] = []
    var cursor = try run("{\"find\":\"\(collection)\",\"batchSize\":10000}").document("cursor")
    while let batch = cursor?["firstBatch"]?.array ?? cursor?["nextBatch"]?.array {
      records += batch.compactMap(\.document)
      guard let id = cursor?["id"]?.integer, id != 0 else { break }
      cursor = try run("{\"getMore\":\(id),\"collection\":\"\(collection)\"}").document("cursor")
    }
    return records
  }

  /// Inserts records, given as JSON, without the worker's code.
  package func insert(_ records: [String], into collection: String) throws {
    for start in stride(from: 0, to: records.count, by: 1000) {
      let part = records[start..<min(start + 1000, records.count)].joined(separator: ",")
      try run("{\"insert\":\"\(collection)\",\"documents\":[\(part)]}")
    }
  }

  /// Removes all records of a collection and keeps its indexes.
  package func empty(_ collection: String) throws {
    try run("{\"delete\":\"\(collection)\",\"deletes\":[{\"q\":{},\"limit\":0}]}")
  }
}
