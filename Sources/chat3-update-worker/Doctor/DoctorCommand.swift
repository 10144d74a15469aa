import ArgumentParser
import Foundation
import Maintenance
import MongoStore
import Pipeline
import RabbitBroker

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Checks the settings, both servers and what is stored, and says what to mend.",
    discussion: """
      Every check comes out as ok, warning or failure, with the remedy. Nothing is changed: nothing is stored, sent or \
      taken from a queue. The exit code is 0 without failures, else 69.
      """)

  /// The longest that a server is examined.
  private static let longest = Duration.seconds(12)
  /// The longest that one event may be on its way through the planner.
  private static let longestTrial = Duration.seconds(3)

  @OptionGroup var settings: RunSettings

  @Option(
    help: ArgumentHelp("Where RabbitMQ's management plugin listens, if it is there.", valueName: "port"))
  var managementPort = 15_672

  @Flag(help: "Check the settings only; connect to nothing.")
  var offline = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard 1...65_535 ~= managementPort else { throw ValidationError("--management-port takes 1 to 65535") }
  }

  func run() async throws {
    let configuration = ConfigurationCheck(settings)
    var findings = configuration.findings
    if !offline {
      async let database = Self.examine(configuration.mongo)
      async let broker = examine(configuration.broker)
      let all = await database + broker
      findings += Finding.Section.allCases.flatMap { section in all.filter { $0.section == section } }
    }
    let report = DoctorReport(findings)
    if json { try report.printJSON() } else { try report.printTable() }
    if !report.isFine { throw Failure(.unavailable, "") }
  }

  /// The findings about the database, and about what is stored there.
  private static func examine(_ configuration: MongoConfiguration?) async -> [Finding] {
    guard var configuration else { return [] }
    configuration.patience = .examination
    let store = MongoStore(configuration)
    guard let facts = await answer(within: longest, { await store.examine() }) else {
      return [silent(.database, "MongoDB at \(store.location)")]
    }
    var trial: TrialRun.Outcome?
    if let event = facts.archive?.value?.trial {
      trial =
        await answer(within: longestTrial) { await TrialRun(store).run(event) }
        ?? .failed("it takes longer than \(longestTrial.components.seconds) s.")
    }
    let now = Date()
    return DatabaseCheck.findings(facts, now: now) + DataCheck.findings(facts, trial: trial, now: now)
  }

  private func examine(_ configuration: BrokerConfiguration?) async -> [Finding] {
    guard let configuration else { return [] }
    let examination = BrokerExamination(configuration, managementPort: managementPort)
    guard let facts = await answer(within: Self.longest, { await examination.examine() }) else {
      return [Self.silent(.broker, "RabbitMQ at \(configuration.url.location)")]
    }
    return BrokerCheck.findings(facts, now: Date())
  }

  private static func silent(_ section: Finding.Section, _ server: String) -> Finding {
    Finding(
      section, "reachable", .failure,
      "\(server) does not answer within \(longest.components.seconds) s.",
      remedy: "See the server's log, and whether the network between here and there loses packets.")
  }
}
