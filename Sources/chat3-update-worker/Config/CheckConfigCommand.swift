import ArgumentParser
import Foundation
import Operations

struct CheckConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Says what run would say of the settings, without connecting.",
    discussion: """
      All mistakes are told at once, and the exit code is then 64. An environment variable that begins with \
      UPDATE_WORKER_ and is no setting counts as a mistake here, whereas run only warns of it. The flags are those of \
      run.
      """)

  @OptionGroup var settings: RunSettings

  func run() async throws {
    var mistakes = Mistakes()
    let configuration = RunSettings.configuration(settings.settings(), &mistakes)
    for variable in UnknownVariable.all(in: ProcessInfo.processInfo.environment) {
      mistakes.add(variable.message)
    }
    _ = try mistakes.unless(configuration)
    _ = try writeOutput(Array("the configuration is fine\n".utf8))
  }
}
