import ArgumentParser
import MongoStore
import Operations

/// Where MongoDB is: for every command that works on the installation's database.
struct MongoSettings: ParsableArguments {
  @Option(name: Setting.mongodbURI.argumentName, help: Setting.mongodbURI.argumentHelp)
  var mongodbURI: String?

  @Option(name: Setting.updatesCollection.argumentName, help: Setting.updatesCollection.argumentHelp)
  var updatesCollection: String?

  var flags: [(Setting, String?)] {
    [(.mongodbURI, mongodbURI), (.updatesCollection, updatesCollection)]
  }

  /// The connection to MongoDB.
  ///
  /// - Throws: ``MongoStoreError`` when the URI makes no sense, ``SettingFault`` when the file that is to hold it cannot
  ///   be used.
  func configuration() throws -> MongoConfiguration {
    try Self.configuration(Settings(flags: flags))
  }

  static func configuration(_ settings: Settings) throws -> MongoConfiguration {
    try MongoConfiguration(
      uri: settings.text(.mongodbURI), updatesCollection: settings.text(.updatesCollection))
  }
}
