import Foundation
import Maintenance
import MongoStore
import Operations
import RabbitBroker

/// Judges the settings of the worker without connecting.
struct ConfigurationCheck {
  private(set) var findings: [Finding] = []
  /// `nil` when the settings make no sense.
  let mongo: MongoConfiguration?
  /// `nil` when the settings make no sense.
  let broker: BrokerConfiguration?

  init(_ flags: RunSettings, environment: [String: String] = ProcessInfo.processInfo.environment) {
    let settings = flags.settings(environment: environment)
    var mistakes = Mistakes()
    mongo = mistakes.gather { try MongoSettings.configuration(settings) }
    broker = BrokerSettings.configuration(settings, &mistakes)
    // What is wrong with the two is told once.
    _ = RunSettings.configuration(settings, &mistakes)
    for sentence in mistakes.sentences {
      add("values", .failure, sentence.hasSuffix(".") ? sentence : sentence + ".")
    }
    if mistakes.sentences.isEmpty { add("values", .ok, "The settings make sense.") }
    for variable in UnknownVariable.all(in: environment) {
      add(
        "variables", .warning, variable.message.prefix(1).uppercased() + variable.message.dropFirst() + ".",
        remedy: "Correct its name, or remove it; run takes no notice of it.")
    }
    var files = [Setting.mongodbURI, .rabbitmqURL].compactMap { setting in
      setting.fileVariable.flatMap { environment[$0] }
    }.filter { !$0.isEmpty }
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
