import BSON
import EmbeddedStore
import MongoStore
import RabbitBroker
import Support

/// The version of the program, and of what it works with.
enum Version {
  /// What the file `VERSION` says, which a test holds it to.
  static let current = "0.1.0"

  /// What `--version` prints. The libraries are those that this process has loaded, not those of the build.
  static var report: String {
    let commit = BuildCommit.current.map { " (\($0))" } ?? ""
    return """
      chat3-update-worker \(current)\(commit)
      Swift \(SwiftVersion.current)
      libmongoc \(MongoLibrary.version)
      libbson \(BSONLibrary.version)
      librabbitmq \(RabbitLibrary.version)
      SQLite \(SQLiteLibrary.version)
      """
  }
}
