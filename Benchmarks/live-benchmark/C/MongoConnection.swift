import BSON
import CMongoC

/// One client of libmongoc. Only one thread may use it.
final class MongoConnection {
  private let client: OpaquePointer
  private let database: String
  private var collections: [String: OpaquePointer] = [:]

  init(uri: String, database: String) throws {
    mongoc_init()
    var error = bson_error_t()
    guard let parsed = mongoc_uri_new_with_error(uri, &error) else {
      throw BenchmarkError("this is not a MongoDB URI: \(uri)")
    }
    defer { mongoc_uri_destroy(parsed) }
    let concern = mongoc_write_concern_new()
    mongoc_write_concern_set_w(concern, MONGOC_WRITE_CONCERN_W_MAJORITY)
    mongoc_write_concern_set_wtimeout_int64(concern, 10_000)
    mongoc_uri_set_write_concern(parsed, concern)
    mongoc_write_concern_destroy(concern)
    guard let client = mongoc_client_new_from_uri(parsed) else {
      throw BenchmarkError("libmongoc makes no client")
    }
    self.client = client
    self.database = database
  }

  deinit {
    for collection in collections.values { mongoc_collection_destroy(collection) }
    mongoc_client_destroy(client)
  }

  func run(_ command: CDocument) throws {
    try check("run a command") {
      mongoc_client_command_simple(client, database, command.pointer, nil, nil, &$0)
    }
  }

  /// Removes a collection; that there is none is no error.
  func drop(_ name: String) throws {
    var error = bson_error_t()
    let isGone = mongoc_collection_drop(try collection(name), &error)
    // 26: there is no such collection.
    guard isGone || error.code == 26 else { throw failure("drop \(name)", error) }
  }

  /// Fetches all records and returns how many there are.
  @discardableResult
  func find(_ name: String, filter: CDocument, options: CDocument) throws -> Int {
    let made = mongoc_collection_find_with_opts(try collection(name), filter.pointer, options.pointer, nil)
    guard let cursor = made else { throw BenchmarkError("libmongoc makes no cursor") }
    defer { mongoc_cursor_destroy(cursor) }
    var document: OpaquePointer?
    var count = 0
    while mongoc_cursor_next(cursor, &document) { count += 1 }
    var error = bson_error_t()
    if mongoc_cursor_error(cursor, &error) { throw failure("find in \(name)", error) }
    return count
  }

  /// Inserts the documents with one call.
  func insert(_ documents: CDocuments, into name: String, options: CDocument) throws {
    let collection = try collection(name)
    try check("insert into \(name)") {
      mongoc_collection_insert_many(
        collection, documents.pointers.baseAddress, documents.pointers.count, options.pointer, nil, &$0)
    }
  }

  func updateMany(_ name: String, filter: CDocument, update: CDocument) throws {
    let collection = try collection(name)
    try check("change \(name)") {
      mongoc_collection_update_many(collection, filter.pointer, update.pointer, nil, nil, &$0)
    }
  }

  private func collection(_ name: String) throws -> OpaquePointer {
    if let known = collections[name] { return known }
    guard let made = mongoc_client_get_collection(client, database, name) else {
      throw BenchmarkError("libmongoc makes no collection")
    }
    collections[name] = made
    return made
  }

  private func check(_ what: String, _ body: (inout bson_error_t) -> Bool) throws {
    var error = bson_error_t()
    guard body(&error) else { throw failure(what, error) }
  }

  private func failure(_ what: String, _ error: bson_error_t) -> BenchmarkError {
    let text = withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return BenchmarkError("cannot \(what): \(text) (\(error.code))")
  }
}
