import ArgumentParser

struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Shows what is stored.",
    subcommands: [InspectUpdatesCommand.self, InspectEventCommand.self])
}
