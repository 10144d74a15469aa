import Pipeline
import BSON
import CMongoC

/// A client of the pool. It belongs to one ``MongoConnection`` and is used only on that connection's thread.
final class MongoClient {
  private let pool: MongoPool
  private let client: OpaquePointer
  private let database: String
  private let updatesCollection: String
  private let longestLookUp: Duration?

  /// Takes ownership of a client of the pool, to which `deinit` gives it back.
  init(
    owning client: OpaquePointer, of pool: MongoPool, database: String, updatesCollection: String,
    longestLookUp: Duration?
  ) {
    self.client = client
    self.pool = pool
    self.database = database
    self.updatesCollection = updatesCollection
    self.longestLookUp = longestLookUp
  }

  deinit {
    pool.takeBack(client)
  }

  func open(_ find: Find) throws -> MongoCursor {
    try withCollection(find.collection) { collection in
      try find.filter.withBSON { filter in
        try bounded(find.options).withBSON { options in
          guard let cursor = mongoc_collection_find_with_opts(collection, filter, options, nil) else {
            throw MongoStoreError(.server, "libmongoc has no memory left for a cursor.")
          }
          return MongoCursor(owning: cursor, of: self, server: pool.server, collection: find.collection)
        }
      }
    }
  }

  /// Hands every document that the query finds to `body`.
  func forEach(_ find: Find, _ body: (BSONDocument) throws -> Void) throws {
    let cursor = try open(find)
    while let document = try cursor.next() { try body(document) }
  }

  /// Runs a command on the database; returns the answer.
  ///
  /// - Parameter privilege: What the command needs; `nil` if everybody may run it.
  @discardableResult
  func run(_ command: BSONDocument, needing privilege: Privilege? = nil) throws -> BSONDocument {
    try bounded(command).withBSON { command in
      try call(needing: privilege) { reply, error in
        mongoc_client_command_with_opts(client, database, command, nil, nil, reply, &error)
      }
    }
  }

  func updateMany(_ collection: RecordCollection, filter: BSONDocument, update: BSONDocument) throws {
    let privilege = Privilege("update", collection)
    try withCollection(collection) { collection in
      try filter.withBSON { filter in
        try update.withBSON { update in
          _ = try call(needing: privilege) { reply, error in
            mongoc_collection_update_many(collection, filter, update, nil, reply, &error)
          }
        }
      }
    }
  }

  /// Replaces the record that matches `filter`, or inserts the document if there is none.
  func replace(_ collection: RecordCollection, filter: BSONDocument, with document: BSONDocument) throws {
    let privilege = Privilege("update", collection)
    try withCollection(collection) { collection in
      try filter.withBSON { filter in
        try document.withBSON { document in
          try Self.upsert.withBSON { options in
            _ = try call(needing: privilege) { reply, error in
              mongoc_collection_replace_one(collection, filter, document, options, reply, &error)
            }
          }
        }
      }
    }
  }

  /// Returns how many records were deleted.
  @discardableResult
  func deleteMany(_ collection: RecordCollection, filter: BSONDocument) throws -> Int {
    let privilege = Privilege("remove", collection)
    return try withCollection(collection) { collection in
      try filter.withBSON { filter in
        let reply = try call(needing: privilege) { reply, error in
          mongoc_collection_delete_many(collection, filter, nil, reply, &error)
        }
        return Int(reply["deletedCount"]?.integer ?? 0)
      }
    }
  }

  /// Inserts every document that the server accepts, and returns a failure for each that it does not.
  ///
  /// - Throws: ``MongoStoreError`` when it is not known which of the documents were stored.
  func insert(_ slice: InsertSlice, into collection: RecordCollection) throws -> [WriteFailure] {
    if slice.isEmpty { return [] }
    let privilege = Privilege("insert", collection)
    return try withCollection(collection) { collection in
      try Self.unordered.withBSON { options in
        try withViews(of: slice) { documents in
          var error = bson_error_t()
          let (isFine, reply) = try BSONDocument.receiving { reply in
            mongoc_collection_insert_many(collection, documents, slice.count, options, reply, &error)
          }
          if isFine { return [] }
          let failures = WriteFailure.all(in: reply)
          let inserted = Int(reply["insertedCount"]?.integer ?? 0)
          if let unsafe = WriteFailure.ofWriteConcern(in: reply) { throw self.error(unsafe) }
          guard failures.count + inserted == slice.count else {
            throw MongoStoreError(error, reply: reply, server: pool.server, privilege: privilege)
          }
          return failures
        }
      }
    }
  }

  func error(_ failure: WriteFailure) -> MongoStoreError {
    .answered(failure.code, failure.message, labels: nil, server: pool.server)
  }

  /// Lends an array of pointers to views of the documents, whose bytes are not copied.
  private func withViews<Result>(
    of slice: InsertSlice, _ body: (UnsafeMutablePointer<OpaquePointer?>) throws -> Result
  ) throws -> Result {
    let pointers = UnsafeMutablePointer<OpaquePointer?>.allocate(capacity: slice.count)
    defer { pointers.deallocate() }
    return try slice.bytes.withUnsafeBufferPointer { bytes in
      try BSONView.withMemory(count: slice.count) { memory in
        for index in 0..<slice.count {
          pointers[index] = try BSONView.make(
            of: UnsafeBufferPointer(rebasing: bytes[slice.range(of: index)]),
            in: memory + index * BSONView.size)
        }
        return try body(pointers)
      }
    }
  }

  /// The options or the command with the longest time that the server may take, unless it has one.
  private func bounded(_ options: BSONDocument) -> BSONDocument {
    guard let longestLookUp, options["maxTimeMS"] == nil else { return options }
    var output = BSONWriter(capacity: options.bytes.count + 32)
    output.append(elementsOf: options)
    output.append("maxTimeMS", max(1, Int64(longestLookUp / .milliseconds(1))))
    return output.finish()
  }

  /// What a collection is called in this database.
  func name(of collection: RecordCollection) -> String {
    collection == .updates ? updatesCollection : collection.rawValue
  }

  private func withCollection<Result>(
    _ name: RecordCollection, _ body: (OpaquePointer) throws -> Result
  ) throws -> Result {
    guard let collection = mongoc_client_get_collection(client, database, self.name(of: name)) else {
      throw MongoStoreError(.server, "libmongoc has no memory left for a collection.")
    }
    defer { mongoc_collection_destroy(collection) }
    return try body(collection)
  }

  /// Makes a call that always fills in a reply and, when it fails, an error.
  private func call(
    needing privilege: Privilege?, _ body: (OpaquePointer, inout bson_error_t) -> Bool
  ) throws -> BSONDocument {
    var error = bson_error_t()
    let (isFine, reply) = try BSONDocument.receiving { reply in body(reply, &error) }
    guard isFine else {
      throw MongoStoreError(error, reply: reply, server: pool.server, privilege: privilege)
    }
    return reply
  }

  /// libmongoc validates no keys, because every key that JSON can have, even the empty one, is stored as it
  /// is.
  private static let unordered: BSONDocument = {
    var options = BSONWriter()
    options.append("ordered", false)
    options.append("validate", false)
    return options.finish()
  }()

  private static let upsert: BSONDocument = {
    var options = BSONWriter()
    options.append("upsert", true)
    options.append("validate", false)
    return options.finish()
  }()
}
