import ArgumentParser

struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Shows what is stored.",
    subcommands: [
      InspectUpdatesCommand.self, InspectEventCommand.self, InspectUserCommand.self,
      InspectDialogCommand.self, InspectStatsCommand.self,
    ])
}

/// How long a search that goes back through the updates may take, before it says how far it came.
let inspectionPatience = Duration.seconds(10)
