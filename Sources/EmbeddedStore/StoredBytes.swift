import BSON
import Foundation
import GRDB

extension Row {
  /// The bytes of a BLOB column; empty for NULL.
  func bytes(_ index: Int) throws -> [UInt8] {
    try withUnsafeData(atIndex: index) { data in data.map { [UInt8]($0) } ?? [] }
  }

  /// - Throws: ``DamagedRow`` when the bytes of the BLOB column are invalid.
  func document(_ index: Int) throws -> BSONDocument {
    do {
      return try BSONDocument(validating: bytes(index))
    } catch let error as BSONError {
      throw DamagedRow(reason: "a record is \(error.description)")
    }
  }

  /// - Throws: ``DamagedRow`` when the bytes of the BLOB column are invalid.
  func objectId(_ index: Int) throws -> ObjectId {
    guard let id = ObjectId(bytes: try bytes(index)[...]) else {
      throw DamagedRow(reason: "the id of an update is not 12 bytes long")
    }
    return id
  }
}

extension BSONDocument {
  /// The document as a BLOB.
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

// Text in SQLite, as GRDB binds and reads it, ends at the first NUL.

extension BSONElement {
  /// The string if it can be an id, which contains no NUL; otherwise `nil`, because it is never looked up.
  var idText: String? {
    string.flatMap { $0.utf8.contains(0) ? nil : $0 }
  }

  /// The UTF-8 of a string, including any NUL.
  var textBytes: Data? { stringBytes.map { Data($0) } }
}

extension Row {
  /// The text in a BLOB column, including any NUL character; `nil` for NULL.
  func text(_ index: Int) throws -> String? {
    hasNull(atIndex: index) ? nil : String(decoding: try bytes(index), as: UTF8.self)
  }
}
