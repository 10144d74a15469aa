import Foundation
import Maintenance
import MongoStore
import RabbitBroker

/// Judges the settings of the worker without connecting.
struct ConfigurationCheck {
  /// The variables that may have a `_FILE` beside them.
  private static let secrets = ["MONGODB_URI", "RABBITMQ_URL"]

  private(set) var findings: [Finding] = []
  /// `nil` when the settings make no sense.
  private(set) var mongo: MongoConfiguration?
  private(set) var broker: BrokerConfiguration?

  init(_ settings: RunSettings, environment: [String: String] = ProcessInfo.processInfo.environment) {
    mongo = value { try settings.mongo.configuration(environment: environment) }
    broker = value { try settings.broker.configuration(environment: environment) }
    // The other settings are read only after those two.
    if mongo != nil, broker != nil { _ = value { try settings.configuration(environment: environment) } }
    if findings.isEmpty { add("values", .ok, "The settings make sense.") }
    var files = Self.secrets.compactMap { environment[$0 + "_FILE"] }.filter { !$0.isEmpty }
    files += [mongo?.keyFile, broker?.url.tls?.keyFile].compactMap { $0 }
    let open = files.filter(Self.isReadableByAll)
    for file in open {
      add(
        "secret files", .warning, "Every user of this machine can read \(file), which holds a secret.",
        remedy: "chmod o-r \(file); in Kubernetes set defaultMode: 0400 for the volume.")
    }
    if open.isEmpty, !files.isEmpty {
      add("secret files", .ok, "No other user can read the files that hold secrets.")
    }
  }

  private mutating func value<Value>(_ read: () throws -> Value) -> Value? {
    do {
      return try read()
    } catch {
      let message = Failure(error).message
      add("values", .failure, message.hasSuffix(".") ? message : message + ".")
      return nil
    }
  }

  private mutating func add(
    _ check: String, _ severity: Finding.Severity, _ sentence: String, remedy: String? = nil
  ) {
    findings.append(Finding(.configuration, check, severity, sentence, remedy: remedy))
  }

  /// Whether users can read the file who are neither its owner nor of its group.
  private static func isReadableByAll(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IROTH != 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
