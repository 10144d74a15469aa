import ArgumentParser
import Foundation
import MongoStore
import RabbitBroker

/// Where MongoDB is: for every command that works on the installation's database.
struct MongoSettings: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "MONGODB_URI, or what the file MONGODB_URI_FILE holds (\(MongoConfiguration.defaultURI)).",
      valueName: "uri"))
  var mongodbURI: String?

  /// The connection to MongoDB.
  ///
  /// - Throws: ``MongoStoreError`` when the URI makes no sense, ``Failure`` when the file that is to hold it cannot be used.
  func configuration(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> MongoConfiguration {
    try MongoConfiguration(
      uri: secretSetting(
        mongodbURI, "MONGODB_URI", default: MongoConfiguration.defaultURI, in: environment))
  }
}
