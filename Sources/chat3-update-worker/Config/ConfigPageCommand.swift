import ArgumentParser
import Operations

/// For whoever changes the table of settings.
struct ConfigPageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "page", abstract: "Prints docs/settings.md.", shouldDisplay: false)

  func run() async throws {
    _ = try writeOutput(Array(SettingsPage.text.utf8))
  }
}
