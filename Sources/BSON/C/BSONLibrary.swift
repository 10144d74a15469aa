import CMongoC

/// The library that this room rests on.
package enum BSONLibrary {
  /// The version that is loaded.
  package static var version: String { String(cString: bson_get_version()) }
}
