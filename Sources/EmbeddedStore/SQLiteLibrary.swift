import GRDB

/// The library that this room rests on.
package enum SQLiteLibrary {
  /// The version that is loaded.
  package static var version: String {
    // 3.40.1 is 3040001.
    let number = Int(Database.sqliteLibVersionNumber)
    return "\(number / 1_000_000).\(number / 1000 % 1000).\(number % 1000)"
  }
}
