import CMongoC

/// libbson, as the judge of our own encoder.
package enum LibBSON {
  /// Whether libbson accepts the bytes as a document. It checks UTF-8 and nesting.
  package static func validates(_ bytes: [UInt8]) -> Bool {
    guard let document = bson_new_from_data(bytes, bytes.count) else { return false }
    defer { bson_destroy(document) }
    return bson_validate(document, BSON_VALIDATE_UTF8_ALLOW_NULL, nil)
  }

  /// The document that libbson makes of JSON text; `nil` if it refuses the text.
  package static func document(json: String) -> [UInt8]? {
    guard let document = bson_new_from_json(Array(json.utf8), json.utf8.count, nil) else { return nil }
    var count: UInt32 = 0
    guard let data = bson_destroy_with_steal(document, true, &count) else { return nil }
    defer { bson_free(data) }
    return Array(UnsafeBufferPointer(start: data, count: Int(count)))
  }
}
