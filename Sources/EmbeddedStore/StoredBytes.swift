import BSON
import Foundation
import GRDB

extension Row {
  /// The bytes of a BLOB column; empty for NULL.
  func bytes(_ index: Int) throws -> [UInt8] {
    try withUnsafeData(atIndex: index) { data in data.map { [UInt8]($0) } ?? [] }
  }

  /// The document in a BLOB column.
  ///
  /// - Throws: ``EmbeddedStoreError`` when the bytes are none.
  func document(_ index: Int) throws -> BSONDocument {
    do {
      return try BSONDocument(validating: bytes(index))
    } catch let error as BSONError {
      throw EmbeddedStoreError(.damaged, "the store holds a record that is \(error.description)")
    }
  }

  /// The ObjectId in a BLOB column.
  ///
  /// - Throws: ``EmbeddedStoreError`` when the bytes are none.
  func objectId(_ index: Int) throws -> ObjectId {
    guard let id = ObjectId(bytes: try bytes(index)[...]) else {
      throw EmbeddedStoreError(.damaged, "the store holds an update whose id has not 12 bytes")
    }
    return id
  }
}

extension BSONDocument {
  /// The bytes as a value for SQLite.
  var databaseValue: DatabaseValue { Data(bytes).databaseValue }
}

extension BSONNumber {
  /// The number as a value for SQLite, which compares integers and doubles exactly.
  var databaseValue: DatabaseValue {
    switch self {
    case .integer(let value): value.databaseValue
    case .double(let value): value.databaseValue
    }
  }
}

// SQLite's text, as GRDB binds and reads it, ends at NUL.

extension BSONElement {
  /// The string as a value for SQLite where it can be an id, which holds no NUL; no other is ever looked up.
  var idText: String? {
    string.flatMap { $0.utf8.contains(0) ? nil : $0 }
  }

  /// The UTF-8 of a string, NUL and all.
  var textBytes: Data? { stringBytes.map { Data($0) } }
}

extension Row {
  /// The text in a BLOB column, NUL and all; `nil` for NULL.
  func text(_ index: Int) throws -> String? {
    hasNull(atIndex: index) ? nil : String(decoding: try bytes(index), as: UTF8.self)
  }
}
